import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { keepText } from '../../../functions/aws/secret-reader.ts';
import { waitBeforeHandOver } from '../../../functions/contract/webhook-secret.ts';
import { checkValue, makeValue } from '../../../functions/rotate-webhook-secret/webhook-value.ts';
import { hmac, newHmacSecret, signHmac } from '../../../functions/signatures/hmac.ts';
import { defaultPolicies } from '../../../functions/specification/policies.ts';
import { createSalesforceReceiver } from './receiver.ts';
import { accountCallout, fromSalesforce, startMs } from './samples.ts';

const clocks = defaultPolicies.webhookSecret;
const options = { header: 'x-millrace-signature' };
const rules = { scheme: hmac(options), sign: signHmac(options), newSecret: () => newHmacSecret(options), clocks };
const oldSecret = newHmacSecret(options);
const seconds = 1_000;

/** Numbers 0..1 that are the same in each run. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Play {
  readonly seed: number;
  /** When the source begins to sign by the new secret, after it was made. */
  readonly switchAfterMs: number;
  /** How long after it was made it comes into force. */
  readonly promoteAfterMs?: number;
  /** Share of reads of the secret that fail, of which never two in a row. */
  readonly failing?: number;
}

/**
 * Five receivers on a virtual clock, through a whole rotation and to the end of its overlap: each started at another
 * time, gets good requests now and then, and forgeries that try to be right before them.
 */
async function play({ seed, switchAfterMs, promoteAfterMs = 0, failing = 0 }: Play) {
  const random = createRandom(seed);
  const clock = { nowMs: startMs };
  let text = oldSecret;
  const fleet = Array.from({ length: 5 }, () => {
    // A receiver that has read none yet could only answer 503.
    let failed = true;
    const fetchText = async () => {
      failed = !failed && random() < failing;
      if (failed) throw new Error('Secrets Manager is down');
      return text;
    };
    return createSalesforceReceiver({
      secret: keepText(fetchText, () => clock.nowMs, clocks),
      rereadSecretMs: clocks.rereadMs,
      now: () => clock.nowMs,
    });
  });
  const post = async (by: string) => {
    const receiver = fleet[Math.floor(random() * fleet.length)]!;
    const callout = accountCallout({ id: randomUUID() });
    return (await receiver.post(fromSalesforce(callout, { secret: by, atMs: clock.nowMs }))).statusCode;
  };
  const counts = { good: 0, rejected: 0, forged: 0, passed: 0 };
  const madeMs = startMs + clocks.cacheMs + Math.floor(random() * clocks.cacheMs);
  const promoteMs = madeMs + promoteAfterMs;
  const value = makeValue(oldSecret, { ...rules, now: () => madeMs });
  const { current, previousValidUntil } = JSON.parse(value);
  const endMs = Math.min(Date.parse(previousValidUntil), madeMs + 4 * clocks.cacheMs);

  while (clock.nowMs < endMs) {
    if (clock.nowMs >= promoteMs && text !== value) {
      checkValue(value, text, { ...rules, now: () => promoteMs });
      text = value;
    }
    for (let forgery = 0; forgery < 3; forgery += 1) {
      counts.forged += 1;
      counts.passed += (await post('a forged secret')) === 401 ? 0 : 1;
    }
    const isNew = clock.nowMs >= madeMs + switchAfterMs;
    // What was sent before the switch is repeated after it, signed by the old one.
    for (const by of isNew ? [current, oldSecret] : [oldSecret]) {
      counts.good += 1;
      counts.rejected += (await post(by)) === 202 ? 0 : 1;
    }
    clock.nowMs += Math.floor(random() * 4 * seconds);
  }
  return counts;
}

const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
const wait = waitBeforeHandOver(clocks);

describe('through a rotation, among forgeries that use up the re-read', () => {
  it.each(seeds)('no good request is rejected, whichever secret signed it (seed %i)', async (seed) => {
    const { good, rejected, forged, passed } = await play({ seed, switchAfterMs: wait });

    expect([rejected, passed]).toEqual([0, 0]);
    expect([good, forged].every((count) => count > 500)).toBe(true);
  });

  it.each(seeds)('nor where it came into force at the last moment, and reads of it fail (seed %i)', async (seed) => {
    const { rejected, passed } = await play({
      seed,
      switchAfterMs: wait,
      promoteAfterMs: clocks.rereadMs,
      failing: 0.3,
    });

    expect([rejected, passed]).toEqual([0, 0]);
  });

  it('some are where the source has it at once: it is the wait that keeps them', async () => {
    const runs = await Promise.all(seeds.map((seed) => play({ seed, switchAfterMs: 0 })));

    expect(runs.map(({ rejected }) => rejected).filter((count) => count > 0).length).toBeGreaterThan(4);
    expect(runs.map(({ passed }) => passed)).toEqual(seeds.map(() => 0));
  });
});

it('a forgery is never what keeps a receiver from the secret: it reads it as old as five minutes at most', async () => {
  const clock = { nowMs: startMs };
  let text = oldSecret;
  const receiver = createSalesforceReceiver({
    secret: keepText(
      async () => text,
      () => clock.nowMs,
      clocks,
    ),
    now: () => clock.nowMs,
  });
  const post = async (secret: string) =>
    (await receiver.post(fromSalesforce(accountCallout(), { secret, atMs: clock.nowMs }))).statusCode;
  await post('a forged secret');
  text = makeValue(oldSecret, { ...rules, now: () => clock.nowMs });
  const { current } = JSON.parse(text);

  const statuses: number[] = [];
  // One a second: each re-read that is allowed is a forgery's, and the good request comes a moment after it.
  for (let second = 1; second <= 330; second += 1) {
    clock.nowMs = startMs + second * seconds - 1;
    await post('a forged secret');
    clock.nowMs += 1;
    statuses.push(await post(current));
  }

  expect(statuses.slice(0, 29).every((status) => status === 401)).toBe(true);
  expect(statuses.slice(30).every((status) => status === 202)).toBe(true);
});
