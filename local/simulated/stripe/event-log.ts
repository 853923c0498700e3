import { randomText } from '../random-text.ts';
import type { Chance } from '../system.ts';
import type { WebhookEndpoints } from '../webhook-endpoints.ts';
import type { Customer } from './customer.ts';
import { missingResource, StripeApiError } from './errors.ts';
import type { FormHash } from './form.ts';
import type { JsonObject } from './json.ts';
import { checkListParameters, pageOf } from './page.ts';
import { textOf, textsOf } from './parameters.ts';

/** The account's version: objects and events are rendered in it, whatever `Stripe-Version` a call asks for. */
export const API_VERSION = '2026-10-28.endive';

/** What an event says about the call that caused it; the key lets a receiver know its own writes. */
export interface EventCause {
  id: string;
  idempotency_key: string | null;
}

/** A change worth an event. */
export interface Change {
  type: 'customer.created' | 'customer.updated' | 'customer.deleted';
  customer: Customer;
  /** Of an update only. */
  previous?: JsonObject;
  cause: EventCause;
}

/** https://docs.stripe.com/api/events/object */
export interface StripeEvent extends JsonObject {
  id: string;
  object: 'event';
  created: number;
  /** Endpoints that have not accepted it yet. */
  pending_webhooks: number;
  type: Change['type'];
}

const RETENTION_SECONDS = 30 * 24 * 60 * 60;
const MOST_TYPES = 20;

/** The account's events: listed for 30 days, and sent as webhooks while there is an endpoint. */
export class EventLog {
  readonly #events = new Map<string, StripeEvent>();
  readonly #chance: Chance;
  readonly #webhooks: WebhookEndpoints;

  constructor(chance: Chance, webhooks: WebhookEndpoints) {
    this.#chance = chance;
    this.#webhooks = webhooks;
  }

  record({ type, customer, previous, cause }: Change): void {
    const event: StripeEvent = {
      id: `evt_1${randomText(this.#chance.random, 23)}`,
      object: 'event',
      api_version: API_VERSION,
      created: this.#nowSeconds(),
      data: { object: customer, ...(previous && { previous_attributes: previous }) },
      livemode: false,
      pending_webhooks: this.#webhooks.count,
      request: { ...cause },
      type,
    };
    this.#events.set(event.id, event);
    // Indented, as Stripe sends it: a receiver that verifies parsed and re-serialised JSON fails here, too.
    this.#webhooks.send(JSON.stringify(event, null, 2), () => {
      event.pending_webhooks -= 1;
    });
  }

  retrieve(id: string): StripeEvent {
    const event = this.#events.get(id);
    if (!event || !this.#isKept(event)) throw missingResource('event', id);
    return event;
  }

  list(query: FormHash): JsonObject {
    checkListParameters(query, ['type', 'types']);
    const wants = typeFilter(query);
    const shows = (event: StripeEvent) => this.#isKept(event) && wants(event.type);
    return pageOf(query, { url: '/v1/events', object: 'event', items: [...this.#events.values()], shows });
  }

  #isKept = (event: StripeEvent) => event.created >= this.#nowSeconds() - RETENTION_SECONDS;
  #nowSeconds = () => Math.floor(this.#chance.now() / 1000);
}

/** `type` may end with a wildcard, `customer.*`; `types[]` lists up to 20 exact ones. */
function typeFilter(query: FormHash): (type: string) => boolean {
  const type = textOf(query.get('type') ?? '', 'type', 5000);
  const types = textsOf(query.get('types') ?? '', 'types');
  if (type !== null && types.length > 0) {
    throw new StripeApiError(400, 'You may only specify one of these parameters: type, types.');
  }
  if (types.length > MOST_TYPES) {
    throw new StripeApiError(400, `You can filter by up to ${MOST_TYPES} types`, { param: 'types' });
  }
  if (types.length > 0) return (candidate) => types.includes(candidate);
  if (type === null) return () => true;
  return type.endsWith('*')
    ? (candidate) => candidate.startsWith(type.slice(0, -1))
    : (candidate) => candidate === type;
}
