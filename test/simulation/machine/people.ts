import type { Message } from '../../../functions/contract/message.ts';
import { endsOfFlow, type Plan } from '../plan.ts';
import { nameOf, type SystemModel, type SystemName, unacceptable } from '../systems/system.ts';
import type { Trace } from '../trace.ts';
import type { ToldQueue } from './queues.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';

export interface PeopleParts {
  readonly plan: Plan;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly trace: Trace;
  readonly queue: ToldQueue;
  readonly systems: Readonly<Record<SystemName, SystemModel>>;
}

/** What is known of an event, by its correlation id. */
export interface KnownEvent {
  readonly id: string;
  readonly record: number;
  readonly version: number;
}

/** People who change records at the source, and the webhooks that tell of it: late, out of order, and repeated. */
export class People {
  readonly #parts: PeopleParts;
  readonly #versions = new Map<number, number>();
  readonly #forgotten = new Set<number>();
  readonly #killed = new Set<string>();
  readonly events = new Map<string, KnownEvent>();
  /** Events whose delivery kills the function, by correlation id. */
  readonly killers = new Set<string>();
  /** Events that a schema refused, by their ids. */
  readonly invalid = new Set<string>();
  /** Records a state of which the other side refuses. */
  readonly refused = new Set<number>();
  /** Changes, webhooks and operators' acts that are yet to come. */
  outstanding = 0;

  constructor(parts: PeopleParts) {
    this.#parts = parts;
  }

  /** Sets up the records, and all changes that the plan asks for. */
  begin(startMs: number): void {
    const { plan, random } = this.#parts;
    for (let record = 0; record < plan.records; record += 1) if (random.chance(plan.linked)) this.#link(record);
    for (const { fromMs, toMs, changes, records, remark } of plan.busyness) {
      for (let nth = 0; nth < changes; nth += 1) {
        const record = records === undefined ? random.int(0, plan.records - 1) : random.pick(records);
        this.#later(startMs + random.between(fromMs, toMs), () => this.#change(record, remark));
      }
    }
    for (const record of plan.killers) {
      this.#later(startMs + random.between(0, 60_000), () => {
        const correlationId = this.#change(record);
        this.killers.add(correlationId);
        this.#killed.add(correlationId);
      });
    }
  }

  /** The newest state of a record at the source. */
  version(record: number): number {
    return this.#versions.get(record) ?? 0;
  }

  /** The record that an event is about, by the event's id. */
  recordOf(eventId: string): number {
    return Number(/^evt-(\d+)\./.exec(eventId)?.[1] ?? -1);
  }

  recordOfSubject(subject: string): number {
    return Number(/(\d+)(?:AAA)?$/.exec(subject)?.[1] ?? -1);
  }

  /** The state of its record that an event tells of, by the event's id. */
  versionOf(eventId: string): number {
    return Number(/\.(\d+)$/.exec(eventId)?.[1] ?? 0);
  }

  /** Whether an event ever killed the function, by its correlation id. */
  everKilled(correlationId: string): boolean {
    return this.#killed.has(correlationId);
  }

  /** Somebody mends a record at the source, and the webhook tells of it. */
  mend(record: number): void {
    this.#change(record);
  }

  sourceId(record: number): string {
    const { source } = endsOfFlow(this.#parts.plan.flow);
    return source === 'salesforce' ? `001SRC${String(record).padStart(9, '0')}AAA` : `cus_src${record}`;
  }

  /** A record was deleted: nobody changes it any more. */
  forget(record: number): void {
    this.#forgotten.add(record);
  }

  #change(record: number, remark?: string): string {
    if (this.#forgotten.has(record)) return '';
    const { plan, trace, systems } = this.#parts;
    const version = this.version(record) + 1;
    this.#versions.set(record, version);
    if (remark === unacceptable) this.refused.add(record);
    const { source } = endsOfFlow(plan.flow);
    const name = nameOf(record, version, remark);
    systems[source].put(this.sourceId(record), source === 'salesforce' ? { Name: name } : { name });
    trace.add({ kind: 'changed', record, version });
    return this.#tell(record, version);
  }

  /** Sends the webhook of a change, and perhaps again. Answers the event's correlation id. */
  #tell(record: number, version: number): string {
    const { plan, scheduler, random } = this.#parts;
    const id = `evt-${record}.${version}`;
    const correlationId = `corr-${record}.${version}`;
    this.events.set(correlationId, { id, record, version });
    if (plan.invalid.includes(record) && random.chance(0.4)) this.invalid.add(id);
    const data = this.#dataOf(record, version);
    const delayMs = random.chance(0.1) ? random.between(0, plan.lateness) : random.between(50, 1_500);
    const first = scheduler.nowMs + delayMs;
    const enqueue = () => this.#enqueue(record, id, correlationId, data);
    this.#later(first, enqueue);
    if (random.chance(plan.duplicates)) this.#later(first + random.between(1_000, 20 * 60_000), enqueue);
    return correlationId;
  }

  /** The event as the source tells it: the record as it is at that time. */
  #dataOf(record: number, version: number) {
    const { plan, systems } = this.#parts;
    const id = this.sourceId(record);
    const fields = systems[endsOfFlow(plan.flow).source].records.get(id) ?? {};
    const named = Object.entries(fields).map(([name, value]) => [name.replace(/\[(.+)\]$/, '.$1'), value]);
    return { id, version, fields: Object.fromEntries(named) };
  }

  /** As the receiver does. */
  #enqueue(record: number, id: string, correlationid: string, data: unknown): void {
    const { queue, scheduler, trace } = this.#parts;
    const at = new Date(scheduler.nowMs).toISOString();
    const message: Message = {
      specversion: '1.0',
      id,
      source: '/simulation',
      type: 'changed',
      subject: this.sourceId(record),
      time: at,
      datacontenttype: 'application/json',
      data,
      schemaversion: 1,
      correlationid,
      receivedtime: at,
      ...(this.invalid.has(id) ? { invalidreason: 'invalid event: fields: object' } : {}),
    };
    const sent = { groupId: `group-${record}`, deduplicationId: id, body: JSON.stringify(message) };
    const { messageId, swallowed } = queue.offer(sent);
    if (!swallowed) trace.add({ kind: 'queued', event: id, record, messageId });
  }

  /** The pair exists, and knows of each other. */
  #link(record: number): void {
    const { systems, plan } = this.#parts;
    const id = this.sourceId(record);
    if (plan.flow === 'account-to-stripe-customer') {
      systems.salesforce.put(id, { Name: nameOf(record, 0), Stripe_Customer_Id__c: `cus_old${record}` });
      systems.stripe.put(`cus_old${record}`, { name: nameOf(record, 0), 'metadata[salesforce_account_id]': id });
    } else {
      const other = `001OLD${String(record).padStart(9, '0')}AAA`;
      systems.stripe.put(id, { name: nameOf(record, 0), 'metadata[salesforce_account_id]': other });
      systems.salesforce.put(other, { Name: nameOf(record, 0), Stripe_Customer_Id__c: id });
    }
  }

  #later(atMs: number, act: () => void): void {
    this.outstanding += 1;
    this.#parts.scheduler.at(atMs, () => {
      this.outstanding -= 1;
      act();
    });
  }
}
