import * as v from 'valibot';
import { parseJsonBytes } from '../../contract/json-bytes.ts';
import type { WebhookReader } from '../../contract/webhook-reader.ts';
import { recordId18 } from './record-id.ts';

const envelope = v.looseObject({
  id: v.pipe(v.string(), v.nonEmpty()),
  object: v.pipe(v.string(), v.nonEmpty()),
  changeType: v.pipe(v.string(), v.nonEmpty()),
  recordId: v.optional(v.unknown()),
  systemModstamp: v.optional(v.unknown()),
  origin: v.optional(v.unknown()),
});

/**
 * Reads the body of the org's Apex callout: `{ id, organizationId, object, changeType, recordId, systemModstamp, origin,
 * fields }`. The event type is `Account.UPDATE`: the object, and the change in the words of Change Data Capture.
 */
export const readSalesforceCallout: WebhookReader = (body) => {
  const parsed = v.safeParse(envelope, parseJsonBytes(body));
  if (!parsed.success) return { unreadable: 'not a JSON object with id, object and changeType' };
  const { id, object, changeType, recordId, systemModstamp, origin } = parsed.output;
  const modified = typeof systemModstamp === 'string' ? Date.parse(systemModstamp) : Number.NaN;
  return {
    id,
    type: `${object}.${changeType}`,
    time: Number.isNaN(modified) ? undefined : new Date(modified).toISOString(),
    subject: typeof recordId === 'string' ? recordId18(recordId) : undefined,
    echo: origin === 'millrace',
    data: parsed.output,
  };
};
