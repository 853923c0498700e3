import type { OpenStage } from '../../../bin/connect-stage.ts';
import type { Part } from '../../../bin/parts.ts';
import type { LimitState, Limits } from '../../../functions/contract/limits.ts';
import type { ParkedMessage } from '../../../functions/contract/parked.ts';
import type { WebhookSecret } from '../../../functions/contract/webhook-secret.ts';
import { withParked } from '../../../functions/engine/park-list.ts';
import { createOnce } from '../../../functions/state/once.ts';
import { createParkLists } from '../../../functions/state/park-lists.ts';
import { MemoryLargeData } from '../../functions/deliver-event/support/large-data.ts';
import { MemoryParkedStore } from '../../functions/deliver-event/support/parked-store.ts';
import { MemoryPersistence, MemoryTable } from '../../functions/deliver-event/support/state-table.ts';

export const integration = 'salesforce-stripe';
export const fromStripe = 'stripe-customer-to-account';
export const fromSalesforce = 'account-to-stripe-customer';

export const nowMs = Date.parse('2026-11-20T08:00:00.000Z');

/** A stage in memory, and what was sent back into its queues. */
export class MemoryStage implements OpenStage {
  readonly table = new MemoryTable();
  readonly store = new MemoryParkedStore();
  readonly largeData = new MemoryLargeData();
  readonly lists = createParkLists(this.table, integration);
  /** `<event id>@<generation>`, in order. */
  readonly sent: string[] = [];
  /** What SQS answers instead of taking a release. */
  refuses: ((eventId: string) => Error | undefined) | undefined;

  /** Messages in the flows' queues, and among their dead letters, by the flow's name. */
  readonly queued = new Map<string, { readonly visible: number; readonly inFlight: number }>();
  readonly deadLetters = new Map<string, { readonly visible: number; readonly inFlight: number }>();
  /** Of the oldest messages, in seconds, by the flow's name; and how often they were asked for. */
  readonly ages = new Map<string, number>();
  agesAsked = 0;
  /** How often systems may be called, and were called, by the system's name. */
  readonly limits: Record<string, Limits> = {};
  readonly called = new Map<string, LimitState>();
  /** What the functions logged, oldest first. */
  readonly logged: { readonly atMs: number; readonly text: string }[] = [];

  readonly queues = {
    depthsOf: async ({ name }: Part) => {
      const none = { visible: 0, inFlight: 0 };
      return { queue: this.queued.get(name) ?? none, deadLetters: this.deadLetters.get(name) ?? none };
    },
    agesOf: async (flows: readonly Part[]) => {
      this.agesAsked += 1;
      return new Map(flows.flatMap((flow) => (this.ages.has(flow.name) ? [[flow, this.ages.get(flow.name)!]] : [])));
    },
  };

  limitsOf() {
    const none: LimitState = { tatMs: 0, hours: new Map(), total: 0, reported: undefined, probeMs: 0 };
    return { limits: this.limits, read: async (system: string) => this.called.get(system) ?? none };
  }

  readonly logs: OpenStage['logs'] = {
    find: async (text, { fromMs, toMs }) => {
      const lines = this.logged.filter((line) => line.text.includes(text) && line.atMs >= fromMs && line.atMs <= toMs);
      return { lines, scan: { groups: 3, requests: 3, cutShort: [] } };
    },
  };

  /** New credentials that were supplied, and the steps that were taken with them. */
  readonly rotated: string[] = [];
  /** What `rotate-secret` answers to a step instead of doing it. */
  refusesStep: ((step: string) => Error | undefined) | undefined;

  rotationOf({ name }: Part): ReturnType<OpenStage['rotationOf']> {
    return {
      supply: async (credentials) => {
        this.rotated.push(`${name}: ${credentials}`);
        return 'version-1';
      },
      take: async (step, version) => {
        const refusal = this.refusesStep?.(step);
        if (refusal !== undefined) throw refusal;
        this.rotated.push(`${step} ${version}`);
      },
    };
  }

  /** Where webhooks go, and what they are signed with. */
  webhookUrl = 'http://127.0.0.1:9/';
  signingSecret = 'whsec_stage';
  readonly webhooks: OpenStage['webhooks'] = {
    targetOf: async () => ({ url: this.webhookUrl }),
    secretOf: async () => this.signingSecret,
  };

  /** The secret that signs webhooks, as it is in force, and what a rotation's last step brings into force. */
  webhookSecret: WebhookSecret | undefined;
  madeSecret: WebhookSecret | undefined;

  webhookRotationOf({ name }: Part): ReturnType<OpenStage['webhookRotationOf']> {
    return {
      newVersion: () => 'version-1',
      read: async () => this.webhookSecret,
      take: async (step, version) => {
        const refusal = this.refusesStep?.(step);
        if (refusal !== undefined) throw refusal;
        this.rotated.push(`${name} webhook: ${step} ${version}`);
        if (step === 'finishSecret') this.webhookSecret = this.madeSecret;
      },
    };
  }

  parkingOf(): ReturnType<OpenStage['parkingOf']> {
    return {
      store: this.store,
      lists: this.lists,
      largeData: this.largeData,
      releases: {
        release: async ({ eventId, generation }) => {
          const refusal = this.refuses?.(eventId);
          if (refusal !== undefined) throw refusal;
          this.sent.push(`${eventId}@${generation}`);
        },
      },
      telemetry: { info: () => {}, count: () => {} },
      now: () => nowMs,
      once: (flow) => createOnce(new MemoryPersistence(this.table), { integration, flow })(() => 30_000),
    };
  }

  /** Parks an event as delivery and `park-dead-letter` do: in its key's list first. */
  async park(eventId: string, what: Partial<ParkedMessage> & { readonly halts?: boolean } = {}): Promise<void> {
    const { halts = false, ...given } = what;
    const event = aParkedEvent(eventId, given);
    await this.store.add(event);
    if (event.subject === undefined) return;
    const list = await this.lists.read(event.flow, event.subject);
    await this.lists.replace(event.flow, event.subject, list, withParked(list, event, halts));
  }

  /** Statuses by event id. */
  statuses(): Record<string, string> {
    return Object.fromEntries(this.store.all().map(({ eventId, status }) => [eventId, status]));
  }
}

export function aParkedEvent(eventId: string, given: Partial<ParkedMessage> = {}): ParkedMessage {
  const { flow = fromStripe, subject = 'cus_1' } = given;
  const letter = {
    reason: 'permanent failure at salesforce.upsert',
    category: 'permanent',
    attempts: 3,
    lastErrorCode: 'STRING_TOO_LONG',
    correlationId: `correlation-${eventId}`,
    firstSeen: '2026-11-20T04:00:00.000Z',
  };
  return {
    flow,
    eventId,
    subject,
    eventType: 'customer.updated',
    groupId: `group-${subject}`,
    generation: 1,
    status: 'parked',
    letter,
    parkedMs: nowMs - 2 * 3_600_000,
    settledMs: undefined,
    note: undefined,
    body: JSON.stringify({ ...aMessage(eventId, subject), type: 'customer.updated' }),
    ...given,
  };
}

function aMessage(id: string, subject: string | undefined) {
  return {
    specversion: '1.0',
    id,
    source: `/${integration}/stripe`,
    subject,
    time: '2026-11-20T04:00:00.000Z',
    datacontenttype: 'application/json',
    data: { email: 'ada@example.com' },
    schemaversion: 1,
    correlationid: `correlation-${id}`,
    receivedtime: '2026-11-20T04:00:00.000Z',
  };
}
