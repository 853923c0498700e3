import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { inject } from 'vitest';
import { parkedTableOutput, stageName } from '../../../functions/contract/names.ts';
import { aws } from '../../support/clients.ts';
import { waitFor } from '../../support/wait-for.ts';
import { stage } from './names.ts';

const client = DynamoDBDocumentClient.from(aws.dynamoDb);
const TableName = inject('pipeline').outputs[`${stageName(stage)}-data`]?.[parkedTableOutput];

/** An item of the parked table, read by code of the tests' own. */
export interface ParkedItem {
  /** `<integration>/<flow>` */
  readonly pk: string;
  /** The event's id. */
  readonly sk: string;
  readonly status: string;
  readonly generation: number;
  readonly subject?: string;
  readonly letter?: Readonly<Record<string, unknown>>;
  /** The message as it was in the queue; gone once it is settled. */
  readonly body?: string;
  readonly note?: string;
  readonly settledMs?: number;
  /** When DynamoDB may forget it, Unix seconds. */
  readonly expiresAt?: number;
}

/** Everything that was ever parked, settled or not. */
export async function parkedItems(): Promise<ParkedItem[]> {
  const items: ParkedItem[] = [];
  for await (const page of paginateScan({ client }, { TableName, ConsistentRead: true })) {
    items.push(...((page.Items ?? []) as ParkedItem[]));
  }
  return items;
}

/** What was parked and mentions an id: of an event, or of a record. */
export async function parkedAbout(id: string): Promise<ParkedItem[]> {
  return (await parkedItems()).filter((item) => JSON.stringify(item).includes(id));
}

/** Waits until an event has a status, by default as it is parked: of that id, or about that record. */
export function parked(id: string, status = 'parked', timeoutMs = 15_000): Promise<ParkedItem> {
  const look = async () => (await parkedAbout(id)).find((item) => item.status === status);
  return waitFor(look, { timeoutMs, everyMs: 100, what: `${id} is ${status}` });
}

/** What has become of events, in their order; undefined of one that was never parked. */
export async function statusesOf(eventIds: readonly string[]): Promise<(string | undefined)[]> {
  const statuses = new Map((await parkedItems()).map(({ sk, status }) => [sk, status]));
  return eventIds.map((id) => statuses.get(id));
}
