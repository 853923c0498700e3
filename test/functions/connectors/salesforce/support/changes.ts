import { readSalesforceChange } from '../../../../../functions/connectors/salesforce/bridge.ts';
import type { BridgedEvent } from '../../../../../functions/contract/bridge-reader.ts';
import { parseExactJson } from '../../../../../functions/contract/exact-json.ts';
import type { IncomingEvent } from '../../../../../functions/contract/webhook-reader.ts';

export const orgId = '00D5f000005KcCnEAK';
const source = `aws.partner/salesforce.com/${orgId}/0YL5f000000CabWGAS`;

/** A change event's body as Event Relay wraps it. */
export function relay(body: string): BridgedEvent {
  return { source, detail: { payload: parseExactJson(body) } };
}

/** An update of one Account, with other things in its header and body. */
export function aChange(header: object = {}, body: object = {}): BridgedEvent {
  const ChangeEventHeader = {
    entityName: 'Account',
    recordIds: ['0015f00002J9YYEAA3'],
    changeType: 'UPDATE',
    changeOrigin: '',
    transactionKey: 'txn',
    sequenceNumber: 3,
    commitTimestamp: 1712693965000,
    commitNumber: 1082985383811,
    nulledFields: [],
    diffFields: [],
    changedFields: ['Name'],
    ...header,
  };
  return { source, detail: { payload: { ChangeEventHeader, ...body } } };
}

/** All that the reader tells. */
export const readAll = (event: BridgedEvent) => [readSalesforceChange(event)].flat();

/** The one event that it tells. */
export function read(event: BridgedEvent): IncomingEvent {
  const [told, ...others] = readAll(event);
  if (told === undefined || !('type' in told) || others.length > 0) throw new Error('not one event');
  return told;
}
