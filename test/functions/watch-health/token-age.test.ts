import { expect, it } from 'vitest';
import { textHash } from '../../../functions/aws/text-hash.ts';
import { createHealth } from '../../../functions/state/health.ts';
import { createTokens } from '../../../functions/state/tokens.ts';
import { watch } from '../../../functions/watch-health/watch.ts';
import { MemoryLimitStore } from '../deliver-event/support/limit-store.ts';
import { MemoryParkedStore } from '../deliver-event/support/parked-store.ts';
import { KeptTelemetry } from '../deliver-event/support/telemetry.ts';
import { TokenWorld } from '../refresh-token/support/token-world.ts';

/** A watch over two systems, of which one has tokens, and the token ages that it emits. */
function aWatch() {
  const world = new TokenWorld();
  const ages: [system: string, minutes: number][] = [];
  const run = () =>
    watch({
      systems: ['crm', 'billing'],
      tokens: ['crm'],
      flows: [],
      health: createHealth(world.table, 'test'),
      tokenStore: createTokens(world.table, 'test'),
      limits: new Map(),
      limitStore: new MemoryLimitStore(),
      parked: new MemoryParkedStore(),
      gauges: (of) => ({
        set: (metric, value) => void (metric === 'TokenAgeMinutes' && ages.push([of, value])),
        publish: () => {},
      }),
      telemetry: new KeptTelemetry(),
      now: () => world.nowMs,
    });
  return { world, run, ages };
}

it('emits how old the token in force is, and nothing of a system without', async () => {
  const { world, run, ages } = aWatch();
  await world.run();

  await run();
  world.advance(50.5 * 60_000);
  await run();
  await world.run();
  await run();

  expect(ages).toEqual([
    ['crm', 0],
    ['crm', 50.5],
    ['crm', 0],
  ]);
});

it('a token that could not be replaced goes on growing older, also while that is tried', async () => {
  const { world, run, ages } = aWatch();
  await world.run();
  world.advance(45 * 60_000);
  world.answer = async () => ({ kind: 'auth', code: 'invalid_grant', operation: 'crm.token' });
  await expect(world.run()).rejects.toThrow();
  world.advance(6 * 60_000);
  world.answer = () => new Promise(() => {});
  void world.run({ refused: textHash(world.textOf('crm-1')) });

  await run();

  expect(ages).toEqual([['crm', 51]]);
});

it('before the first token there is nothing to tell', async () => {
  const { run, ages } = aWatch();

  await run();

  expect(ages).toEqual([]);
});
