import { createHash, createHmac } from 'node:crypto';
import { inject } from 'vitest';
import { stageNamed } from '../../../bin/stages.ts';
import { eventBusOutput, stageName } from '../../../functions/contract/names.ts';
import { eventQueueNames } from '../../../lib/naming.ts';
import { rootCredentials } from '../../support/clients.ts';
import { request } from '../../support/request.ts';
import { integration, stage } from './names.ts';

export type BridgedSystem = 'stripe' | 'salesforce';

/** The queues of what a system sends by EventBridge. */
export const eventQueuesOf = (system: BridgedSystem) => eventQueueNames(stage, integration, system);

/**
 * Puts an event on the bus of a system, in the name of the source that this stage takes in the partner's place. `detail`
 * is text, so that a number in it is exactly what a test says.
 */
export async function putEvent(system: BridgedSystem, detailType: string, detail: string): Promise<void> {
  const EventBusName = inject('pipeline').outputs[`${stageName(stage)}-data`]?.[eventBusOutput(integration, system)];
  const Source = stageNamed(stage).partnerSources?.[system];
  const Entries = [{ EventBusName, Source, DetailType: detailType, Detail: detail }];
  const body = JSON.stringify({ Entries });
  const { endpoint, caFile } = inject('pipeline');
  const answer = await request(endpoint, { headers: sign(endpoint, 'AWSEvents.PutEvents', body), body, caFile });
  const { FailedEntryCount } = JSON.parse(answer.body) as { FailedEntryCount?: number };
  if (answer.status !== 200 || FailedEntryCount !== 0) throw new Error(`PutEvents was refused: ${answer.body}`);
}

/** Signature Version 4, for the one call that no client in this repository makes. */
function sign(endpoint: string, target: string, body: string): Record<string, string> {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    host: new URL(endpoint).host,
    'x-amz-date': time,
    'x-amz-target': target,
  };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = ['POST', '/', '', lines.join(''), names, sha256(body)].join('\n');
  const scope = [time.slice(0, 8), inject('pipeline').region, 'events', 'aws4_request'];
  const text = ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(canonical)].join('\n');
  const secret = Buffer.from(`AWS4${rootCredentials.secretAccessKey}`);
  const key = scope.reduce((kept, part) => createHmac('sha256', kept).update(part).digest(), secret);
  const credential = `${rootCredentials.accessKeyId}/${scope.join('/')}`;
  const signature = createHmac('sha256', key).update(text).digest('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...headers, authorization };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
