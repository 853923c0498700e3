import { describe, expect, test } from 'vitest';
import { refusalsOf } from './support/refusals.ts';
import { validSample } from './support/scheme-case.ts';
import { schemeCases } from './support/scheme-cases.ts';

/** Every way to break one thing of a valid request: the whole pack is generated for every scheme. */
describe.each(schemeCases)('$title refuses', (one) => {
  test('nothing of the sample that the others break', () => {
    const { request, nowMs } = validSample(one);

    const verification = one.scheme.verify(request, [one.secret], nowMs);

    expect(verification).toEqual({ valid: true });
  });

  test.each(refusalsOf(one))('$title', async ({ trials, reason }) => {
    const accepted: unknown[] = [];
    const reasons = new Set<string>();

    for (const { request, secrets, nowMs } of trials) {
      await one.scheme.prepare?.(request, nowMs);
      const verification = one.scheme.verify(request, secrets, nowMs);
      if (verification.valid) accepted.push({ ...request, body: Buffer.from(request.body).toString() });
      else reasons.add(verification.reason);
    }

    expect(accepted).toEqual([]);
    if (reason !== undefined) expect([...reasons]).toEqual([reason]);
  });
});
