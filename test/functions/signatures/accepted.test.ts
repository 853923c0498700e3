import { describe, expect, test } from 'vitest';
import { liveSecrets } from '../../../functions/contract/webhook-secret.ts';
import { toIncoming } from '../../../functions/receive-webhook/incoming.ts';
import { acceptancesOf } from './support/acceptances.ts';
import { schemeCases } from './support/scheme-cases.ts';

/** The other pack: what a sender did sign, whatever the bytes are and whatever the gateway makes of them. */
describe.each(schemeCases)('$title accepts', (one) => {
  test.each(acceptancesOf(one))('$title', async ({ event, secret, nowMs }) => {
    const request = toIncoming(event).read();

    await one.scheme.prepare?.(request, nowMs);
    const verification = one.scheme.verify(request, liveSecrets(secret, nowMs), nowMs);

    expect(verification).toEqual({ valid: true });
  });
});
