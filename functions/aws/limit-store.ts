import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Lease, LeaseRequest, LimitState, LimitStore } from '../contract/limits.ts';

type Attributes = Record<string, AttributeValue>;

/** Hours whose calls no longer count are taken off the item by the next lease. */
const keptHours = 25;

/**
 * Limits in the state table: one item `limit:<integration>:<system>`, whose attributes are named past DynamoDB's reserved
 * words, so that expressions can name them (`given`: the permits in `total`). DynamoDB has no maximum of two values and no
 * arithmetic in conditions, so a lease has two shapes: behind what is given away, or, where that is past, from now on.
 * The shape is guessed by what was seen last; a wrong guess costs one more write.
 */
export function createLimitStore(client: DynamoDBClient, tableName: string, integration: string): LimitStore {
  const lastSeen = new Map<string, LimitState>();
  const keyOf = (system: string) => ({ pk: { S: `limit:${integration}:${system}` } });

  /** Answers the state after the update, or the one that it was refused for. */
  async function update(system: string, { set, remove, when, values }: Update): Promise<Lease> {
    const removed = remove === undefined ? '' : ` REMOVE ${remove}`;
    const input = {
      TableName: tableName,
      Key: keyOf(system),
      UpdateExpression: `${set}${removed}`,
      ExpressionAttributeValues: Object.fromEntries(
        Object.entries(values).map(([name, value]) => [name, { N: String(value) }]),
      ),
      ...(when === undefined ? {} : { ConditionExpression: when }),
      ReturnValues: 'ALL_NEW' as const,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    };
    try {
      const { Attributes = {} } = await client.send(new UpdateItemCommand(input));
      return { granted: true, state: see(system, Attributes) };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return { granted: false, state: see(system, error.Item ?? {}) };
    }
  }

  function see(system: string, attributes: Attributes): LimitState {
    const state = toState(attributes);
    lastSeen.set(system, state);
    return state;
  }

  function leaseAs(shape: Shape, system: string, request: LeaseRequest): Promise<Lease> {
    const { calls, intervalMs, baseMs, latestMs, hour } = request;
    const old = [...(lastSeen.get(system)?.hours.keys() ?? [])].filter((known) => known < hour - keptHours);
    const remove = old.length === 0 ? undefined : old.map((known) => `h${known}`).join(', ');
    const counted = `ADD h${hour} :calls, given :calls`;
    const span = calls * intervalMs;
    switch (shape) {
      case 'counted':
        return update(system, { set: counted, remove, values: { ':calls': calls } });
      case 'behind': {
        const values = { ':calls': calls, ':span': span, ':base': baseMs, ':latest': latestMs };
        const when = 'tat BETWEEN :base AND :latest';
        return update(system, { set: `SET tat = tat + :span ${counted}`, remove, when, values });
      }
      case 'anew': {
        const values = { ':calls': calls, ':tat': baseMs + span, ':base': baseMs };
        const when = 'attribute_not_exists(tat) OR tat < :base';
        return update(system, { set: `SET tat = :tat ${counted}`, remove, when, values });
      }
    }
  }

  return {
    async read(system) {
      const { Item = {} } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: keyOf(system), ConsistentRead: true }),
      );
      return see(system, Item);
    },
    async lease(system, request) {
      if (request.intervalMs === 0) return leaseAs('counted', system, request);
      const isBehind = (lastSeen.get(system)?.tatMs ?? 0) >= request.baseMs;
      const first = await leaseAs(isBehind ? 'behind' : 'anew', system, request);
      if (first.granted) return first;
      const { tatMs } = first.state;
      if (tatMs > request.latestMs) return first;
      return leaseAs(tatMs >= request.baseMs ? 'behind' : 'anew', system, request);
    },
    async holdUntil(system, untilMs) {
      const when = 'attribute_not_exists(tat) OR tat < :until';
      await update(system, { set: 'SET tat = :until', when, values: { ':until': untilMs } });
    },
    async report(system, { used, max, atMs, total }) {
      const values = { ':used': used, ':max': max, ':at': atMs, ':total': total };
      const when = 'attribute_not_exists(reportedAt) OR reportedAt < :at';
      const set = 'SET reportedUsed = :used, reportedMax = :max, reportedAt = :at, reportedTotal = :total';
      return (await update(system, { set, when, values })).state;
    },
    async leaseProbe(system, seenMs, nextMs) {
      const seen = seenMs === 0 ? 'attribute_not_exists(probeAt)' : 'probeAt = :seen';
      const values = { ':next': nextMs, ...(seenMs === 0 ? {} : { ':seen': seenMs }) };
      return (await update(system, { set: 'SET probeAt = :next', when: seen, values })).granted;
    },
  };
}

/** `counted`: nothing but its number is kept, where there is no limit per second. */
type Shape = 'behind' | 'anew' | 'counted';

interface Update {
  readonly set: string;
  readonly remove?: string | undefined;
  readonly when?: string;
  readonly values: Readonly<Record<string, number>>;
}

function toState(attributes: Attributes): LimitState {
  const number = (name: string) => Number(attributes[name]?.N ?? 0);
  const hours = Object.keys(attributes).flatMap((name) => {
    const hour = /^h(\d+)$/.exec(name)?.[1];
    return hour === undefined ? [] : [[Number(hour), number(name)] as const];
  });
  const reported = {
    used: number('reportedUsed'),
    max: number('reportedMax'),
    atMs: number('reportedAt'),
    total: number('reportedTotal'),
  };
  return {
    tatMs: number('tat'),
    hours: new Map(hours),
    total: number('given'),
    reported: reported.atMs === 0 ? undefined : reported,
    probeMs: number('probeAt'),
  };
}
