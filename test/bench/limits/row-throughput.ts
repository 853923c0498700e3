import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { setTimeout } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createLimitStore } from '../../../functions/aws/limit-store.ts';
import { stageName, stateTableOutput } from '../../../functions/contract/names.ts';
import { leasePermits } from '../../../functions/deliver-event/lease-permits.ts';
import { paceOf } from '../../../functions/engine/limits.ts';
import type { Pipeline } from '../../../local/pipeline.ts';
import { onlyLoopback } from '../../support/only-loopback.ts';

/** One row of the state table, which several containers lease from as fast as they can. */
export interface RowUse {
  readonly containers: number;
  /** Calls a second that the row allows. */
  readonly rate: number;
  readonly seconds: number;
  /** Leases that were asked for, and those that got something. */
  readonly asked: number;
  readonly granted: number;
  /** Writes that DynamoDB was asked for, refused ones too. */
  readonly writes: number;
  readonly latenciesMs: readonly number[];
}

const lastsMs = 3_000;

/** A call of a batch can wait so long in place, in milliseconds. */
const patienceMs = 1_000;

/** Far above what a row can give, and what Stripe's sandbox takes. */
const rates = [10_000, 25];
const containers = [1, 4, 8];

export async function measureRow(
  { local, outputs }: Pipeline,
  { signal, say }: { readonly signal: AbortSignal; readonly say: (progress: string) => void },
): Promise<RowUse[]> {
  const { endpoint, region, caFile, credentials } = local;
  const requestHandler = { httpsAgent: new Agent({ ca: readFileSync(caFile, 'utf8'), keepAlive: true }) };
  const client = () => new DynamoDBClient({ endpoint: onlyLoopback(endpoint), region, credentials, requestHandler });
  const table = outputs[`${stageName('local')}-data`]?.[stateTableOutput];
  if (table === undefined) throw new Error('The stage has no state table. Build and deploy it anew.');
  const uses: RowUse[] = [];
  for (const rate of rates) {
    for (const count of containers) {
      say(`${count} at ${rate} a second`);
      const system = `bench-${rate}-${count}`;
      uses.push(await use({ system, rate, count, table, client, signal }));
    }
  }
  return uses;
}

interface Use {
  readonly system: string;
  readonly rate: number;
  readonly count: number;
  readonly table: string;
  client(): DynamoDBClient;
  readonly signal: AbortSignal;
}

async function use({ system, rate, count, table, client, signal }: Use): Promise<RowUse> {
  const total = { asked: 0, granted: 0, writes: 0, latenciesMs: [] as number[] };
  const pace = paceOf({ perSecond: { rate, burst: rate } });
  const begun = performance.now();
  const work = async () => {
    const dynamo = client();
    const { send } = dynamo;
    dynamo.send = ((...sent: Parameters<typeof send>) => {
      total.writes += 1;
      return send.apply(dynamo, sent);
    }) as typeof send;
    const leasing = { system, pace, store: createLimitStore(dynamo, table, 'bench'), now: Date.now };
    while (performance.now() - begun < lastsMs) {
      signal.throwIfAborted();
      const before = performance.now();
      const { permits } = await leasePermits(leasing, 1, patienceMs);
      total.latenciesMs.push(performance.now() - before);
      total.asked += 1;
      if (permits.length > 0) total.granted += 1;
      // Others get their turn.
      await setTimeout(0);
    }
    dynamo.destroy();
  };
  await Promise.all(Array.from({ length: count }, work));
  return { containers: count, rate, seconds: (performance.now() - begun) / 1000, ...total };
}
