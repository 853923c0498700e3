import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { onlyLoopback } from './only-loopback.ts';
import { request } from './request.ts';

/** What only some endpoints do: a promise that needs it is skipped elsewhere, and says so in its name. */
export interface Abilities {
  /** It refuses what nobody was granted. */
  readonly enforcesIam: boolean;
  /** It is MiniStack, whose differences from AWS are listed in `test/models`. */
  readonly isMiniStack: boolean;
}

interface AskedEndpoint {
  readonly endpoint: string;
  readonly region: string;
  readonly caFile: string;
}

/** Finds out by asking. */
export async function abilitiesOf(asked: AskedEndpoint): Promise<Abilities> {
  return { enforcesIam: await refusesStrangers(asked), isMiniStack: await isMiniStack(asked) };
}

async function refusesStrangers({ endpoint, region, caFile }: AskedEndpoint): Promise<boolean> {
  const client = new SQSClient({
    endpoint: onlyLoopback(endpoint),
    region,
    credentials: { accessKeyId: 'AKIAOFNOBODYATALL000', secretAccessKey: 'of nobody' },
    requestHandler: { httpsAgent: new Agent({ ca: readFileSync(caFile, 'utf8') }) },
  });
  try {
    await client.send(new ListQueuesCommand());
    return false;
  } catch (error) {
    // Anything but an answer is the endpoint's failure, and not its refusal.
    if (error instanceof Error && '$fault' in error && error.$fault === 'client') return true;
    throw error;
  } finally {
    client.destroy();
  }
}

async function isMiniStack({ endpoint, caFile }: AskedEndpoint): Promise<boolean> {
  const { status } = await request(`${endpoint}/_ministack/health`, { method: 'GET', caFile });
  return status === 200;
}
