import { metricNames } from '../contract/metric-names.ts';
import type { Rejection, SignedRequest } from '../contract/signature-scheme.ts';
import { endedSecrets, liveSecrets } from '../contract/webhook-secret.ts';
import { looksSigned } from './looks-signed.ts';
import type { ReceiveServices } from './receive.ts';

/**
 * Whether the source itself sent it, or the status that refuses it. Fails closed: without a readable secret nothing
 * passes. A failed verification reads the secret again, but forgeries must not make us hammer Secrets Manager.
 */
export async function verifyWebhook(
  request: SignedRequest,
  services: ReceiveServices,
  correlationId: string,
): Promise<'authentic' | 401 | 503> {
  const { secret, rereadSecretMs } = services;
  const { scheme } = services.webhook;
  const secretsIn = (text: string) => liveSecrets(text, services.now());
  const check = (text: string) => scheme.verify(request, secretsIn(text), services.now());
  try {
    const kept = await secret.read();
    if (kept === undefined) return unavailable(services, correlationId, 'webhook secret is empty');
    const isUsable = (text: string) => secretsIn(text).length > 0;
    const text = isUsable(kept) ? kept : ((await secret.reread(rereadSecretMs)) ?? kept);
    if (!isUsable(text)) return unavailable(services, correlationId, 'webhook secret is malformed');
    if (!(await isPrepared(request, services, correlationId))) return 503;
    const first = check(text);
    if (first.valid) return 'authentic';
    if (first.reason === 'signature-mismatch') {
      const newer = (await secret.reread(rereadSecretMs)) ?? text;
      if (newer !== text && check(newer).valid) return 'authentic';
      // By a secret that no sender signs with, sender and forger can't be told apart: that is our mistake, not theirs.
      const [current] = secretsIn(newer);
      const flaw = current === undefined ? undefined : scheme.checkSecret(current);
      if (flaw !== undefined) return unavailable(services, correlationId, `webhook secret is malformed: it ${flaw}`);
      const ended = endedSecrets(newer, services.now());
      const wasGood = ended.length > 0 && scheme.verify(request, ended, services.now()).valid;
      if (wasGood) return refuse(request, services, correlationId, 'secret-ended');
    }
    return refuse(request, services, correlationId, first.reason);
  } catch (error) {
    return unavailable(services, correlationId, 'webhook secret could not be read', error);
  }
}

/** The sender is not told what the log is: with an old secret it was the source itself once, or whoever has it now. */
function refuse(
  { headers }: SignedRequest,
  { telemetry, webhook }: ReceiveServices,
  correlationId: string,
  reason: Rejection | 'secret-ended',
): 401 {
  const isSigned = reason === 'secret-ended' || looksSigned(headers, webhook.scheme, reason);
  telemetry.count(isSigned ? metricNames.signatureRejected : metricNames.unsignedRejected);
  if (reason === 'secret-ended') telemetry.count(metricNames.endedSecretUsed);
  telemetry.warn('signature rejected', { correlationId, reason });
  return 401;
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
