import type { HttpRequest } from '../../functions/connectors/connector.ts';
import type { StateTable } from '../../functions/contract/state-table.ts';
import type { DeliveryDefinition, Ports } from '../../functions/deliver-event/wire.ts';
import type { RefreshServices } from '../../functions/refresh-token/refresh.ts';
import type { Policies } from '../../functions/specification/policies.ts';

/** One rule broken from outside the code under test: other numbers, or another world round the same container. */
export interface Breakage {
  definition?(right: DeliveryDefinition): DeliveryDefinition;
  ports?(right: Ports): Ports;
  refresh?(right: RefreshServices): RefreshServices;
  /** What SQS deduplicates the release of an event by. */
  releaseId?(eventId: string): string;
}

/** The same delivery by other numbers. */
export function withPolicies(change: (right: Policies) => Policies): Breakage {
  return { definition: (right) => ({ ...right, policies: change(right.policies) }) };
}

/** What follows a handed-back message stays invisible for the queue's own timeout. */
export const followersStay: Breakage = {
  ports: (right) => ({
    ...right,
    queue: {
      handBack: (records, seconds) => right.queue.handBack(records.slice(0, 1), seconds),
      settle: (records) => right.queue.settle(records),
      sendDeadLetter: (record, of, letter) => right.queue.sendDeadLetter(record, of, letter),
    },
  }),
};

/** Every create of one record goes under one idempotency key. */
export const oldKeyResent: Breakage = {
  ports: (right) => ({
    ...right,
    http: (request) => right.http(isCreate(request) ? withKey(request, linkIn(request)) : request),
  }),
};

function isCreate({ method, url }: HttpRequest): boolean {
  return method === 'POST' && url.endsWith('/v1/customers');
}

function linkIn({ body }: HttpRequest): string {
  return `millrace:${new URLSearchParams(body).get('metadata[salesforce_account_id]')}`;
}

function withKey(request: HttpRequest, key: string): HttpRequest {
  return { ...request, headers: { ...request.headers, 'idempotency-key': key } };
}

/** No create leaves an intent behind. */
export const noIntent: Breakage = onTable((right) => ({
  get: async (key) => (key.startsWith('intent:') ? undefined : right.get(key)),
  replace: async (key, ...write) => key.startsWith('intent:') || right.replace(key, ...write),
}));

/** Writes of these keys succeed whatever they expected to find. */
export function unconditional(prefix: string): Breakage {
  return onTable((right) => ({
    replace: async (key, expected, ...what) => {
      if (!key.startsWith(prefix)) return right.replace(key, expected, ...what);
      const current = await right.get(key);
      return right.replace(key, current?.generation ?? 'absent', ...what);
    },
  }));
}

/** No version is claimed before it is applied. */
export const noClaim: Breakage = onTable((right) => ({
  get: async (key) => (key.startsWith('applied:') ? undefined : right.get(key)),
  replace: async (key, ...write) => key.startsWith('applied:') || right.replace(key, ...write),
}));

/** Releases of one event are one to SQS, whatever their generation. */
export const oneReleaseId: Breakage = { releaseId: (eventId) => `${eventId}:release` };

/** The whole list is emptied when its first event is settled. */
export const liftedEarly: Breakage = onTable((right) => ({
  replace: async (key, expected, value, keptSeconds) => {
    if (!key.startsWith('parked:')) return right.replace(key, expected, value, keptSeconds);
    const before = (await right.get(key))?.value;
    const isShorter = eventsIn(value).length < eventsIn(before).length;
    return right.replace(key, expected, isShorter ? { ...(value as object), events: [] } : value, keptSeconds);
  },
}));

/** An event joins its key's list when its dead letter was sent, and not before. */
export const listedAfter: Breakage = {
  ports: (right) => {
    const late = new Map<string, () => Promise<unknown>>();
    const replace: StateTable['replace'] = async (key, expected, value, keptSeconds) => {
      const write = () => right.table.replace(key, expected, value, keptSeconds);
      const joining = key.startsWith('parked:') ? await joiningIn(key, value, right.table) : undefined;
      if (joining === undefined) return write();
      late.set(joining, write);
      return true;
    };
    return {
      ...right,
      table: tableWith(right.table, { replace }),
      queue: {
        handBack: (records, seconds) => right.queue.handBack(records, seconds),
        settle: (records) => right.queue.settle(records),
        sendDeadLetter: async (record, of, letter) => {
          await right.queue.sendDeadLetter(record, of, letter);
          await late.get(of.eventId)?.();
          late.delete(of.eventId);
        },
      },
    };
  },
};

/** The event that a write puts into its key's list, where it is not in there yet. */
async function joiningIn(key: string, value: unknown, table: StateTable): Promise<string | undefined> {
  const before = new Set(eventsIn((await table.get(key))?.value));
  return eventsIn(value).find((eventId) => !before.has(eventId));
}

function eventsIn(list: unknown): string[] {
  const { events = [] } = (list ?? {}) as { events?: readonly { eventId: string }[] };
  return events.map(({ eventId }) => eventId);
}

/** Powertools' lock is never held: two runs of one event go on side by side. */
export const noLock: Breakage = onTable(() => ({}), true);

/** Several at once. */
export function both(...breakages: readonly Breakage[]): Breakage {
  return {
    definition: (right) => breakages.reduce((now, { definition }) => definition?.(now) ?? now, right),
    ports: (right) => breakages.reduce((now, { ports }) => ports?.(now) ?? now, right),
  };
}

function onTable(change: (right: StateTable) => Partial<StateTable>, isUnlocked = false): Breakage {
  return {
    ports: (right) => {
      const { table, persistence } = right;
      if (isUnlocked) Object.assign(persistence, { saveInProgress: async () => {} });
      return { ...right, table: tableWith(table, change(table)) };
    },
  };
}

function tableWith(table: StateTable, change: Partial<StateTable>): StateTable {
  return {
    get: (key) => table.get(key),
    getMany: (keys) => table.getMany(keys),
    put: (key, value, keptSeconds) => table.put(key, value, keptSeconds),
    putMany: (items, keptSeconds) => table.putMany(items, keptSeconds),
    replace: (...write) => table.replace(...write),
    remove: (key, generation) => table.remove(key, generation),
    ...change,
  };
}
