import { createHmac } from 'node:crypto';
import { verify as verifyByOctokit } from '@octokit/webhooks-methods';
import Table from 'cli-table3';
import { Webhook } from 'standardwebhooks';
import Stripe from 'stripe';
import type { SignatureScheme, SignedRequest } from '../../../functions/contract/signature-scheme.ts';
import { github, signGithub } from '../../../functions/signatures/github.ts';
import { signStandardWebhooks, standardWebhooks } from '../../../functions/signatures/standard-webhooks.ts';
import { signStripe, stripe } from '../../../functions/signatures/stripe.ts';
import type { ShowStep } from '../../../local/steps.ts';
import { percentilesOf } from '../percentiles.ts';

const sizesKb = [1, 8, 64] as const;
const rounds = 15;
const roundMs = 100;
const secret = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;

/** Something that verifies one request again and again. */
interface Contestant {
  readonly name: string;
  /** Throws, or answers false, where it is not valid: then its figure means nothing. */
  run(): unknown;
}

/** Verifications per second, of ours and of the senders' own libraries, beside the hash that all of them need. */
export async function measureSignatures(showStep: ShowStep): Promise<string> {
  const table = new Table({
    head: ['Verifications per second', ...sizesKb.flatMap((size) => [`${size} KB`, 'of the bare HMAC'])],
    colAligns: ['left', ...sizesKb.flatMap(() => ['right', 'right'] as const)],
    style: { head: [], border: [], compact: true },
  });
  const columns = await showStep('Verify by ours, and by the libraries of the senders', async (say) => {
    const measured = [];
    for (const size of sizesKb) {
      say(`${size} KB`);
      measured.push(await ratesOf(contestants(size)));
    }
    return measured;
  });
  const names = [...(columns[0]?.keys() ?? [])];
  for (const name of names) {
    const cells = columns.flatMap((rates) => {
      const [rate = 0, limit = 1] = [rates.get(name), rates.get(bare)];
      return [Math.round(rate).toLocaleString('en'), `${((100 * rate) / limit).toFixed(0)} %`];
    });
    table.push([name, ...cells]);
  }
  return `${table}\n${notes}`;
}

const notes = `One secret, a valid request; the median of ${rounds} rounds of ${roundMs} ms, in turns. The libraries get the body as the text that they want,
ours the bytes. The goal: ours at 64 KB not below 80 % of the bare HMAC, which is SHA-256 over the same bytes and nothing else.`;

const bare = 'the bare HMAC-SHA256';

function contestants(kilobytes: number): Contestant[] {
  const text = JSON.stringify({ id: 'evt_1', text: 'x'.repeat(kilobytes * 1024 - 24) });
  const body = Buffer.from(text);
  const nowMs = Date.now();
  const [byStripe, byStandard, byGithub] = [signStripe, signStandardWebhooks, signGithub].map((sign) =>
    sign({ headers: {}, body }, secret, nowMs),
  );
  const ours = (scheme: SignatureScheme, request: SignedRequest | undefined): Contestant => ({
    name: `${scheme.name}, ours`,
    run: () => request !== undefined && scheme.verify(request, [secret], nowMs).valid,
  });
  const header = (request: SignedRequest | undefined, name: string) => request?.headers[name] ?? '';
  const webhook = new Webhook(secret);
  const standardHeaders = Object.fromEntries(
    ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, header(byStandard, name)]),
  );
  const { signature } = Stripe.webhooks;
  return [
    { name: bare, run: () => createHmac('sha256', secret).update(body).digest('hex') },
    ours(stripe(), byStripe),
    {
      name: 'stripe, its package',
      run: () => signature?.verifyHeader(text, header(byStripe, 'stripe-signature'), secret, 3_600),
    },
    ours(standardWebhooks({ toleranceSeconds: 3_600 }), byStandard),
    { name: 'standardwebhooks', run: () => webhook.verify(text, standardHeaders, { jsonParse: false }) },
    ours(github(), byGithub),
    {
      name: '@octokit/webhooks-methods',
      run: () => verifyByOctokit(secret, text, header(byGithub, 'x-hub-signature-256')),
    },
  ];
}

/** They take turns, so that what else the machine does hits all of them alike. */
async function ratesOf(all: readonly Contestant[]): Promise<Map<string, number>> {
  const rates = new Map<string, number[]>(all.map(({ name }) => [name, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (const { name, run } of all) {
      const rate = await rateOf(name, run);
      // The first round warms up.
      if (round >= 0) rates.get(name)?.push(rate);
    }
  }
  return new Map([...rates].map(([name, measured]) => [name, percentilesOf(measured).p50]));
}

async function rateOf(name: string, run: () => unknown): Promise<number> {
  if ((await run()) === false) throw new Error(`${name} refuses what it is to verify: its figure would mean nothing.`);
  const begun = performance.now();
  let count = 0;
  let elapsed = 0;
  while (elapsed < roundMs) {
    for (let times = 0; times < 20; times += 1) {
      const answer = run();
      if (answer instanceof Promise) await answer;
    }
    count += 20;
    elapsed = performance.now() - begun;
  }
  return (1_000 * count) / elapsed;
}
