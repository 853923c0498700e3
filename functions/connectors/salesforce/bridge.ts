import * as v from 'valibot';
import type { BridgedEvent, BridgeReader, Unnamed } from '../../contract/bridge-reader.ts';
import { memberOf } from '../../contract/json-bytes.ts';
import type { IncomingEvent } from '../../contract/webhook-reader.ts';
import { changeFieldsOf } from './change-fields.ts';
import { recordId18 } from './record-id.ts';

const text = v.pipe(v.string(), v.nonEmpty());
const names = v.fallback(v.array(v.string()), []);
const wholeNumber = v.pipe(v.number(), v.integer(), v.minValue(0));
/** Digits, since a number can't hold them all; undefined where it came as something that can't be exact. */
const commitNumber = v.fallback(
  v.optional(
    v.pipe(
      v.union([v.string(), v.pipe(v.number(), v.safeInteger())]),
      v.transform((value) => String(value)),
      v.regex(/^\d{1,19}$/),
    ),
  ),
  undefined,
);

const headerSchema = v.object({
  entityName: v.pipe(v.string(), v.regex(/^\w{1,80}$/)),
  changeType: v.pipe(v.string(), v.regex(/^(CREATE|UPDATE|DELETE|UNDELETE|GAP_[A-Z]+)$/)),
  recordIds: v.pipe(v.array(v.string()), v.minLength(1)),
  transactionKey: text,
  sequenceNumber: wholeNumber,
  commitNumber,
  commitTimestamp: v.fallback(v.optional(v.pipe(wholeNumber, v.maxValue(8.64e15))), undefined),
  changeOrigin: v.fallback(v.string(), ''),
  changedFields: names,
  nulledFields: names,
  diffFields: names,
});

type Header = v.InferOutput<typeof headerSchema>;

const changeTypes = ['CREATE', 'UPDATE', 'DELETE', 'UNDELETE'] as const;

/** What stands in the place of an id where there is none. */
const noRecord = recordId18('0'.repeat(15));

/**
 * Reads Change Data Capture out of Event Relay, and out of AppFlow, whose source does not tell the org. An event that
 * tells of several records becomes several, each with the type `Account.UPDATE`, and the data of the org's Apex callout
 * and what a change event tells beyond it: `{ id, organizationId, object, changeType, recordId, gap, commitNumber,
 * sequenceNumber, transactionKey, commitTimestamp, changeOrigin, changedFields, fields }`. `commitNumber` is text, and
 * fields have their names of the REST API.
 *
 * A `GAP_UPDATE` is an `UPDATE` that tells no fields: `gap` is true, and the record must be read. A flow with
 * `payload: 'event'` asks for `fields` in its schema, so that it parks a gap instead of writing nothing.
 */
export const readSalesforceChange: BridgeReader = ({ source, detail }: BridgedEvent) => {
  // Event Relay has the event in `payload`.
  const body = memberOf(detail, 'payload') ?? detail;
  const parsed = v.safeParse(headerSchema, memberOf(body, 'ChangeEventHeader'));
  if (!parsed.success) return { unreadable: 'no ChangeEventHeader with entity, change, records and transaction' };
  const header = parsed.output;
  if (header.changeType === 'GAP_OVERFLOW')
    return unnamed(header, 'one transaction changed more of them than it tells');
  const ids = header.recordIds.flatMap((id) => recordId18(id) ?? []).filter((id) => id !== noRecord);
  const events = ids.map((id) => eventOf(id, header, body, source));
  // `001*`: all Accounts, after the type of a field was changed.
  if (events.length === header.recordIds.length) return events;
  return [...events, unnamed(header, 'a change does not say which')];
};

function unnamed({ entityName }: Header, what: string): Unnamed {
  return {
    unnamed: `${entityName} records: ${what}. Compare all`,
    types: changeTypes.map((change) => `${entityName}.${change}`),
  };
}

function eventOf(recordId: string, header: Header, body: unknown, source: string): IncomingEvent {
  const { entityName, changeType: told, transactionKey, sequenceNumber, commitTimestamp, changeOrigin } = header;
  const gap = told.startsWith('GAP_');
  const changeType = gap ? told.slice('GAP_'.length) : told;
  const organizationId = /\/salesforce\.com\/(00D[A-Za-z0-9]{12,15})\//.exec(source)?.[1];
  const id = [organizationId ?? source, transactionKey, sequenceNumber, recordId].join('.');
  const tellsFields = !gap && changeType !== 'DELETE';
  return {
    id,
    type: `${entityName}.${changeType}`,
    time: commitTimestamp === undefined ? undefined : new Date(commitTimestamp).toISOString(),
    subject: recordId,
    echo: isOurs(changeOrigin),
    data: {
      id,
      organizationId,
      object: entityName,
      changeType,
      recordId,
      gap,
      commitNumber: header.commitNumber,
      sequenceNumber,
      transactionKey,
      commitTimestamp,
      changeOrigin,
      ...(tellsFields && changeFieldsOf(body, changeType === 'UPDATE', header)),
    },
  };
}

/** `com/salesforce/api/rest/66.0;client=millrace`: what our calls say of themselves in `Sforce-Call-Options`. */
function isOurs(changeOrigin: string): boolean {
  return /;\s*client=millrace\/?(?:[,;]|$)/.test(changeOrigin);
}

/** Sequence numbers are 32-bit integers. */
const sequenceBits = 32n;

/**
 * Orders the changes of a record, for a flow's `source.version`: by the commit, and by the place in its transaction.
 * Salesforce promises rising commit numbers within one database instance only: an org that is migrated may begin anew.
 */
export function changeVersion(change: { readonly commitNumber: string; readonly sequenceNumber: number }): bigint {
  return (BigInt(change.commitNumber) << sequenceBits) + BigInt(change.sequenceNumber);
}
