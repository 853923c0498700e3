import { createHmac, randomUUID } from 'node:crypto';
import type { WebhookEndpoints } from '../webhook-endpoints.ts';
import type { Sign } from '../webhook-sender.ts';
import { SIMULATED_ORGANIZATION_ID } from './ids.ts';
import type { ObjectType } from './object-types.ts';
import type { RecordInput } from './record-input.ts';
import type { SObject } from './record-table.ts';

/** A change of a record. */
export interface Change {
  type: ObjectType;
  changeType: 'CREATE' | 'UPDATE' | 'DELETE';
  record: SObject;
  /** New values of what changed; nothing for a deletion. */
  changed: RecordInput;
  /** `client` of the call's `Sforce-Call-Options`: lets a receiver know its own writes. */
  origin: string | null;
}

/** Tells the endpoint about every change, as a trigger with a signed callout does that an administrator installs. */
export class ChangeAnnouncer {
  readonly #webhooks: WebhookEndpoints;

  constructor(webhooks: WebhookEndpoints) {
    this.#webhooks = webhooks;
  }

  announce({ type, changeType, record, changed, origin }: Change): void {
    this.#webhooks.send(
      JSON.stringify({
        id: randomUUID(),
        organizationId: SIMULATED_ORGANIZATION_ID,
        object: type.name,
        changeType,
        recordId: record.Id,
        systemModstamp: record.SystemModstamp,
        origin,
        fields: Object.fromEntries(changed),
      }),
    );
  }
}

/** `x-millrace-signature` over `{t}.{body}`; t in seconds, the secret as UTF-8. */
export const signCallout: Sign = (secret, body, unixSeconds) => ({
  'x-millrace-timestamp': String(unixSeconds),
  'x-millrace-signature': `v1=${createHmac('sha256', secret).update(`${unixSeconds}.${body}`).digest('hex')}`,
});
