import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createLimitStore } from '../../../functions/aws/limit-store.ts';
import type { LimitStore } from '../../../functions/contract/limits.ts';
import type { Plan } from '../plan.ts';
import type { Trace } from '../trace.ts';
import type { Container } from './container.ts';
import { integrationName } from './parking-ports.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';

type Row = ReadonlyMap<string, number>;

/** What the store sends: a read, or one update with its condition. */
interface Input {
  readonly Key: { readonly pk: { readonly S: string } };
  readonly UpdateExpression?: string;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeValues?: Readonly<Record<string, { readonly N: string }>>;
}

/** The limits' items as DynamoDB keeps them, for the expressions that the store is written in: numbers only. */
export class LimitRows {
  readonly #rows = new Map<string, Row>();

  /** One call, at one instant; an error is answered, not thrown. */
  apply({ Key, UpdateExpression, ConditionExpression, ExpressionAttributeValues = {} }: Input): object {
    const key = Key.pk.S;
    const row = this.#rows.get(key);
    if (UpdateExpression === undefined) return row === undefined ? {} : { Item: toItem(row) };
    const values = new Map(Object.entries(ExpressionAttributeValues).map(([name, { N }]) => [name, Number(N)]));
    if (!holds(ConditionExpression, row ?? new Map(), values)) {
      const Item = row && toItem(row);
      return new ConditionalCheckFailedException({ message: 'refused', $metadata: {}, ...(Item && { Item }) });
    }
    const next = updated(UpdateExpression, row ?? new Map(), values);
    this.#rows.set(key, next);
    return { Attributes: toItem(next) };
  }
}

function toItem(row: Row) {
  return Object.fromEntries([...row].map(([name, value]) => [name, { N: String(value) }]));
}

/** Terms joined by OR. A comparison with an attribute that the item lacks is false. */
function holds(condition: string | undefined, row: Row, values: Row): boolean {
  if (condition === undefined) return true;
  return condition.split(' OR ').some((term) => {
    const absent = /^attribute_not_exists\((\w+)\)$/.exec(term)?.[1];
    if (absent !== undefined) return !row.has(absent);
    const [, name = '', operator, one = '', other = ''] =
      /^(\w+) (<|=|BETWEEN) (:\w+)(?: AND (:\w+))?$/.exec(term) ?? unknown(term);
    const value = row.get(name);
    const first = values.get(one)!;
    if (value === undefined) return false;
    if (operator === 'BETWEEN') return value >= first && value <= values.get(other)!;
    return operator === '<' ? value < first : value === first;
  });
}

function updated(expression: string, row: Row, values: Row): Row {
  const next = new Map(row);
  const clauses = expression.matchAll(/\b(SET|ADD|REMOVE) (.+?)(?= (?:SET|ADD|REMOVE) |$)/g);
  for (const [, clause, list = ''] of clauses) {
    for (const part of list.split(', ')) {
      const [name = '', , ...terms] = clause === 'SET' ? part.split(' ') : [part.split(' ')[0], '', part.split(' ')[1]];
      if (clause === 'REMOVE') next.delete(name);
      else if (clause === 'ADD') next.set(name, (row.get(name) ?? 0) + values.get(terms[0]!)!);
      else next.set(name, sumOf(terms as string[], row, values));
    }
  }
  return next;
}

/** `:tat`, or `tat + :span`. */
function sumOf(terms: readonly string[], row: Row, values: Row): number {
  const numbers = terms.filter((term) => term !== '+').map((term) => (term.startsWith(':') ? values : row).get(term));
  return numbers.reduce<number>((sum, number) => sum + (number ?? unknown(terms.join(' '))), 0);
}

function unknown(text: string): never {
  throw new Error(`The limits' model does not know "${text}". Teach it.`);
}

export interface LimitRowParts {
  readonly plan: Plan;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly trace: Trace;
  readonly limitRows: LimitRows;
  isTroubled(): boolean;
}

/** The real store of limits, as one container reaches the rows that it shares with all others. */
export function limitStoreOf(container: Container, parts: LimitRowParts): LimitStore {
  const { plan, scheduler, random, trace, limitRows, isTroubled } = parts;
  const { latencyMs, faults } = plan.limiterRow;
  const onTheWay = () =>
    container.reach('limits', async () => {
      if (!isTroubled()) return;
      if (latencyMs > 0) await scheduler.sleep(random.between(0, latencyMs));
      if (!container.isSpared && random.chance(faults)) throw throttled();
    });
  const send = async ({ input }: { readonly input: Input }) => {
    await onTheWay();
    const answer = await container.service('limits', () => limitRows.apply(input));
    await onTheWay();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const store = createLimitStore({ send } as unknown as DynamoDBClient, 'state', integrationName);
  return {
    ...store,
    async leaseProbe(system, ...probe) {
      const isOurs = await store.leaseProbe(system, ...probe);
      if (isOurs) trace.add({ kind: 'budget-probe', container: container.id, system });
      return isOurs;
    },
  };
}

function throttled(): Error {
  return Object.assign(new Error('throttled'), { name: 'ThrottlingException' });
}
