import { isLongId, longestIdBytes } from '../contract/large-data.ts';
import type { IncomingEvent, Unreadable } from '../contract/webhook-reader.ts';

/** An event whose id neither a queue nor a table could keep, however often its source sends it, can't be read. */
export function withUsableId<Other extends object>(event: IncomingEvent | Other): IncomingEvent | Other | Unreadable {
  if (!('type' in event)) return event;
  if (event.id === '') return { unreadable: 'an empty id' };
  return event.id !== undefined && isLongId(event.id)
    ? { unreadable: `an id of more than ${longestIdBytes} bytes` }
    : event;
}
