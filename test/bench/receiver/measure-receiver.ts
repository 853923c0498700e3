import { execFile } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import Table from 'cli-table3';
import { defaultPolicies } from '../../../functions/specification/policies.ts';
import type { ShowStep } from '../../../local/steps.ts';
import { percentilesOf } from '../percentiles.ts';
import { type BuiltVariant, receiverModule, variants, weigh } from './variants.ts';

const runs = 15;
const secret = 'whsec_bench';
const run = promisify(execFile);

export interface ReceiverOptions {
  readonly root: string;
  /** Bundles are built here. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly showStep: ShowStep;
}

interface Times {
  readonly importMs: number[];
  readonly firstMs: number[];
}

/** From a fresh process to the first webhook that was queued, by the receiver and by others that do the same. */
export async function measureReceiver({ root, folder, signal, showStep }: ReceiverOptions): Promise<string> {
  const module = await receiverModule(root);
  const built = await Promise.all(
    variants.map(async ({ name, is, build }, index): Promise<BuiltVariant> => {
      const file = join(folder, `${index}.mjs`);
      await build(module, root, file);
      return { name, is, file, ...weigh(await readFile(file)) };
    }),
  );
  const aws = await startAws();
  const times = new Map(built.map((variant): [BuiltVariant, Times] => [variant, { importMs: [], firstMs: [] }]));
  try {
    await showStep('Take the first webhook in fresh processes', async (say) => {
      for (let done = 0; done < runs; done += 1) {
        for (const [{ file }, { importMs, firstMs }] of times) {
          const [imported = 0, first = 0] = await firstWebhook(file, aws.url, signal);
          importMs.push(imported);
          firstMs.push(first);
        }
        say(`${done + 1} of ${runs}`);
      }
    });
  } finally {
    aws.stop();
  }
  return `${tableOf(times)}\n${notes}`;
}

const notes = `In a fresh process that has loaded node:http, as Lambda's runtime has: \`await import\` of the bundle, then one signed webhook until its
202, with the secret read and the message sent over HTTP to a stub on this machine; the median of ${runs} runs, in turns. A dependency
is taken away by one that does nothing; its cost is the difference, where that is more than the noise. The goal: the receiver's sum at
most a third of the usual way's.`;

/** Answers as Secrets Manager and SQS do. */
async function startAws() {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { MessageBody = '' } = JSON.parse(Buffer.concat(chunks).toString());
    const isSecret = String(request.headers['x-amz-target']).startsWith('secretsmanager.');
    const MD5OfMessageBody = createHash('md5').update(MessageBody).digest('hex');
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.end(JSON.stringify(isSecret ? { SecretString: secret } : { MessageId: 'bench', MD5OfMessageBody }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, stop: () => server.closeAllConnections() ?? server.close() };
}

// Whatever a receiver logs goes to stdout, too: the figures are its last line.
const program = `process.getBuiltinModule('node:http');
const [, file, event] = process.argv;
const begun = performance.now();
// An uncaught error would show a whole bundle.
process.on('uncaughtException', (error) => { console.error(error.message); process.exit(1); });
const { handler } = await import(file);
const imported = performance.now();
const context = { functionName: 'bench', awsRequestId: '1', invokedFunctionArn: 'arn:aws:lambda:us-east-1:1:function:b' };
const { statusCode } = await handler(JSON.parse(event), context);
const answered = performance.now();
if (statusCode !== 202) throw new Error('It answered ' + statusCode);
process.stdout.write('\\n' + JSON.stringify([imported - begun, answered - imported]), () => process.exit());`;

async function firstWebhook(file: string, endpoint: string, signal: AbortSignal): Promise<number[]> {
  const args = ['--input-type=module', '--eval', program, pathToFileURL(file).href, JSON.stringify(signedEvent())];
  const env = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_ENDPOINT_URL: endpoint,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    POWERTOOLS_SERVICE_NAME: 'bench',
    POWERTOOLS_METRICS_NAMESPACE: 'bench',
    DATA_BUCKET: 'bench',
    QUEUE_URLS: JSON.stringify({ 'stripe-customer-to-account': `${endpoint}/queue.fifo` }),
    WEBHOOK_SECRET_ID: 'bench',
    WEBHOOK_SECRET_CLOCKS: JSON.stringify(defaultPolicies.webhookSecret),
  };
  const { stdout } = await run(process.execPath, args, { env, signal });
  return JSON.parse(stdout.slice(stdout.lastIndexOf('\n') + 1));
}

/** As API Gateway hands it over. */
function signedEvent() {
  const body = JSON.stringify({
    id: 'evt_1',
    type: 'customer.updated',
    data: { object: { id: 'cus_1', object: 'customer' } },
  });
  const seconds = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return {
    headers: { 'stripe-signature': `t=${seconds},v1=${signature}` },
    body,
    isBase64Encoded: false,
    rawPath: '/v1/webhooks/salesforce-stripe/stripe',
    rawQueryString: '',
    requestContext: { domainName: 'bench.example', http: { method: 'POST' } },
  };
}

function tableOf(times: ReadonlyMap<BuiltVariant, Times>): string {
  const right = 'right' as const;
  const table = new Table({
    head: ['First webhook', 'KB', 'gzip KB', 'import ms', 'first ms', 'sum ms', 'to the usual', 'to the receiver'],
    colAligns: ['left', right, right, right, right, right, right, right],
    style: { head: [], border: [], compact: true },
  });
  const sums = new Map(
    [...times].map(([variant, { importMs, firstMs }]) => [variant, median(importMs) + median(firstMs)]),
  );
  const sumOf = (is: BuiltVariant['is']) => [...sums].find(([variant]) => variant.is === is)?.[1] ?? Number.NaN;
  const [usual, deployed] = [sumOf('usual'), sumOf('deployed')];
  for (const [variant, { importMs, firstMs }] of times) {
    const sum = sums.get(variant) ?? 0;
    const kilobytes = [variant.bytes, variant.gzipBytes].map((bytes) => (bytes / 1024).toFixed(0));
    const figures = [median(importMs), median(firstMs), sum].map((ms) => ms.toFixed(1));
    const difference = sum - deployed;
    const told = variant.is === 'deployed' ? '' : `${difference > 0 ? '+' : ''}${difference.toFixed(1)} ms`;
    table.push([variant.name, ...kilobytes, ...figures, (sum / usual).toFixed(2), told]);
  }
  return table.toString();
}

const median = (values: readonly number[]) => percentilesOf(values).p50;
