import type { HttpRequest } from '../../functions/connectors/connector.ts';
import type { StateTable } from '../../functions/contract/state-table.ts';
import type { DeliveryDefinition, Ports } from '../../functions/deliver-event/wire.ts';
import type { Policies } from '../../functions/specification/policies.ts';

/** One rule broken from outside the code under test: other numbers, or another world round the same container. */
export interface Breakage {
  definition?(right: DeliveryDefinition): DeliveryDefinition;
  ports?(right: Ports): Ports;
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
      sendDeadLetter: (record, letter) => right.queue.sendDeadLetter(record, letter),
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
  replace: async (key, expected, value) => key.startsWith('intent:') || right.replace(key, expected, value),
}));

/** Writes of these keys succeed whatever they expected to find. */
export function unconditional(prefix: string): Breakage {
  return onTable((right) => ({
    replace: async (key, expected, value) => {
      if (!key.startsWith(prefix)) return right.replace(key, expected, value);
      const current = await right.get(key);
      return right.replace(key, current?.generation ?? 'absent', value);
    },
  }));
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
      const same: StateTable = {
        get: (key) => table.get(key),
        getMany: (keys) => table.getMany(keys),
        put: (key, value, keptSeconds) => table.put(key, value, keptSeconds),
        putMany: (items, keptSeconds) => table.putMany(items, keptSeconds),
        replace: (key, expected, value) => table.replace(key, expected, value),
        remove: (key, generation) => table.remove(key, generation),
      };
      return { ...right, table: { ...same, ...change(same) } };
    },
  };
}
