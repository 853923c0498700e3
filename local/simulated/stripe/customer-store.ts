import type { Chance } from '../system.ts';
import { blankCustomer, type Customer } from './customer.ts';
import { applyParameters } from './customer-parameters.ts';
import { missingResource } from './errors.ts';
import type { EventCause, EventLog } from './event-log.ts';
import type { FormHash } from './form.ts';
import type { JsonObject } from './json.ts';
import { checkListParameters, pageOf } from './page.ts';
import { textOf } from './parameters.ts';
import { previousAttributes } from './previous-attributes.ts';

/** The account's customers: https://docs.stripe.com/api/customers. Every change is recorded as an event. */
export class CustomerStore {
  readonly #customers = new Map<string, Customer>();
  readonly #deletedIds = new Set<string>();
  readonly #chance: Chance;
  readonly #events: EventLog;

  constructor(chance: Chance, events: EventLog) {
    this.#chance = chance;
    this.#events = events;
  }

  create(form: FormHash, cause: EventCause): Customer {
    const blank = blankCustomer(Math.floor(this.#chance.now() / 1000), this.#chance.random);
    const customer = applyParameters(blank, form);
    this.#customers.set(customer.id, customer);
    this.#events.record({ type: 'customer.created', customer, cause });
    return customer;
  }

  /** A deleted customer can still be retrieved, as a stub. */
  retrieve(id: string): JsonObject {
    return this.#deletedIds.has(id) ? deletedStub(id) : this.#living(id);
  }

  update(id: string, form: FormHash, cause: EventCause): Customer {
    const before = this.#living(id);
    const customer = applyParameters(before, form);
    const previous = previousAttributes(before, customer);
    if (!previous) return before;
    this.#customers.set(id, customer);
    this.#events.record({ type: 'customer.updated', customer, previous, cause });
    return customer;
  }

  delete(id: string, cause: EventCause): JsonObject {
    const customer = this.#living(id);
    this.#deletedIds.add(id);
    this.#events.record({ type: 'customer.deleted', customer, cause });
    return deletedStub(id);
  }

  list(query: FormHash): JsonObject {
    checkListParameters(query, ['email']);
    const email = textOf(query.get('email') ?? '', 'email', 512);
    const shows = (customer: Customer) =>
      !this.#deletedIds.has(customer.id) && (email === null || customer.email === email);
    return pageOf(query, { url: '/v1/customers', object: 'customer', items: [...this.#customers.values()], shows });
  }

  #living(id: string): Customer {
    const customer = this.#customers.get(id);
    if (!customer || this.#deletedIds.has(id)) throw missingResource('customer', id);
    return customer;
  }
}

const deletedStub = (id: string): JsonObject => ({ id, object: 'customer', deleted: true });
