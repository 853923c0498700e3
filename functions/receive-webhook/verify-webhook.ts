import { metricNames } from '../contract/metric-names.ts';
import type { SignedRequest } from '../contract/signature-scheme.ts';
import { liveSecrets } from './live-secrets.ts';
import { looksSigned } from './looks-signed.ts';
import type { ReceiveServices } from './receive.ts';

/** A failed verification reads the secret again, but forgeries must not make us hammer Secrets Manager. */
const rereadAtMostEveryMs = 30_000;

/**
 * Whether the source itself sent it, or the status that refuses it. Fails closed: without a readable secret nothing
 * passes.
 */
export async function verifyWebhook(
  request: SignedRequest,
  services: ReceiveServices,
  correlationId: string,
): Promise<'authentic' | 401 | 503> {
  const { telemetry, secret } = services;
  const { scheme } = services.webhook;
  const secretsIn = (text: string) => liveSecrets(text, services.now());
  const check = (text: string) => scheme.verify(request, secretsIn(text), services.now());
  try {
    const kept = await secret.read();
    if (kept === undefined) return unavailable(services, correlationId, 'webhook secret is empty');
    const isUsable = (text: string) => secretsIn(text).length > 0;
    const text = isUsable(kept) ? kept : ((await secret.reread(rereadAtMostEveryMs)) ?? kept);
    if (!isUsable(text)) return unavailable(services, correlationId, 'webhook secret is malformed');
    if (!(await isPrepared(request, services, correlationId))) return 503;
    const first = check(text);
    if (first.valid) return 'authentic';
    if (first.reason === 'signature-mismatch') {
      const newer = (await secret.reread(rereadAtMostEveryMs)) ?? text;
      if (newer !== text && check(newer).valid) return 'authentic';
      // By a secret that no sender signs with, sender and forger can't be told apart: that is our mistake, not theirs.
      const [current] = secretsIn(newer);
      const flaw = current === undefined ? undefined : scheme.checkSecret(current);
      if (flaw !== undefined) return unavailable(services, correlationId, `webhook secret is malformed: it ${flaw}`);
    }
    const isSigned = looksSigned(request.headers, scheme, first.reason);
    telemetry.count(isSigned ? metricNames.signatureRejected : metricNames.unsignedRejected);
    telemetry.warn('signature rejected', { correlationId, reason: first.reason });
    return 401;
  } catch (error) {
    return unavailable(services, correlationId, 'webhook secret could not be read', error);
  }
}

/** Counts and logs why the source must send again. */
export function unavailable(
  { telemetry }: ReceiveServices,
  correlationId: string,
  reason: string,
  cause?: unknown,
): 503 {
  telemetry.count(metricNames.receiverUnavailable);
  telemetry.warn('receiver unavailable', { correlationId, reason }, cause);
  return 503;
}

async function isPrepared(request: SignedRequest, services: ReceiveServices, correlationId: string): Promise<boolean> {
  try {
    await services.webhook.scheme.prepare?.(request, services.now());
    return true;
  } catch (error) {
    unavailable(services, correlationId, 'certificate could not be had', error);
    return false;
  }
}
