import * as v from 'valibot';
import type { HttpResponse } from '../../../functions/connectors/connector.ts';
import { salesforceFailure } from '../../../functions/connectors/salesforce/failures.ts';
import { stripeFailure } from '../../../functions/connectors/stripe/failures.ts';
import { fieldValue } from '../../../functions/connectors/stripe/fields.ts';
import type { SystemName } from '../../simulation/systems/system.ts';

/** Names of records: `{1}` is the id that was seen first. */
export class Ids {
  readonly #seen: string[] = [];

  nameOf(id: string): string {
    if (!this.#seen.includes(id)) this.#seen.push(id);
    return `{${this.#seen.indexOf(id) + 1}}`;
  }

  /** Puts the ids in the place of their names. */
  in(text: string): string {
    return text.replace(/\{(\d+)\}/g, (_name, nth) => this.#seen[Number(nth) - 1] ?? 'unknown');
  }
}

/** The status of an answer and what our connector reads of it; of a refusal its meaning, with the code of a final one. */
export function told(system: SystemName, response: HttpResponse, ids: Ids): string {
  const { status, body } = response;
  if (status >= 400) {
    const failure = (system === 'stripe' ? stripeFailure : salesforceFailure)(response, 'script', 0);
    return failure.kind === 'permanent' ? `${status} permanent ${failure.code}` : `${status} ${failure.kind}`;
  }
  const content: unknown = body === '' ? undefined : JSON.parse(body);
  const text = system === 'stripe' ? stripeText(content, ids) : salesforceText(content, ids);
  return text === '' ? String(status) : `${status} ${text}`;
}

const customer = v.looseObject({ id: v.string(), deleted: v.optional(v.boolean(), false) });
const event = v.object({ data: v.object({ object: customer }) });
const list = v.object({ data: v.array(v.unknown()), has_more: v.boolean() });

function stripeText(content: unknown, ids: Ids): string {
  if (v.is(list, content)) {
    const items = content.data.map((item) => stripeText(item, ids)).join(', ');
    return `[${items}]${content.has_more ? ' and more' : ''}`;
  }
  if (v.is(event, content)) return stripeText(content.data.object, ids);
  if (!v.is(customer, content)) return '';
  if (content.deleted) return `${ids.nameOf(content.id)} deleted`;
  const link = fieldValue(content, 'metadata.salesforce_account_id');
  const name = JSON.stringify(fieldValue(content, 'name'));
  return `${ids.nameOf(content.id)} ${name}${link === null ? '' : ` → ${link}`}`;
}

const account = v.looseObject({ Id: v.string() });
const refused = v.object({ errors: v.tupleWithRest([v.object({ statusCode: v.string() })], v.unknown()) });
const written = v.object({ id: v.string(), success: v.literal(true), created: v.optional(v.boolean()) });

function salesforceText(content: unknown, ids: Ids): string {
  if (content === null) return 'null';
  if (Array.isArray(content)) return `[${content.map((item) => salesforceText(item, ids)).join(', ')}]`;
  if (v.is(refused, content)) return content.errors[0].statusCode;
  if (v.is(written, content)) return `${ids.nameOf(content.id)} ${content.created ? 'created' : 'updated'}`;
  if (!v.is(account, content)) return '';
  const fields = ['Name', 'Phone', 'Stripe_Customer_Id__c'].flatMap((name) =>
    typeof content[name] === 'string' ? [`${name}=${JSON.stringify(content[name])}`] : [],
  );
  return [ids.nameOf(content.Id), ...fields].join(' ');
}
