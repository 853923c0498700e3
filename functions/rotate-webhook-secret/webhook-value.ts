import type { Sign, SignatureScheme, SignedRequest } from '../contract/signature-scheme.ts';
import {
  liveSecrets,
  overlaps,
  readWebhookSecret,
  type SecretClocks,
  type WebhookSecret,
  waitBeforeHandOver,
} from '../contract/webhook-secret.ts';
import { RotationError } from '../rotation/rotation-error.ts';

/** By what a source's signing secret is made and tried. */
export interface WebhookSecretRules {
  readonly scheme: SignatureScheme;
  readonly sign: Sign;
  /** A random secret of the scheme's form. */
  newSecret(): string;
  readonly clocks: SecretClocks;
  now(): number;
}

/** 32 random bytes have as many characters at least, whatever they are written in. */
const shortest = 32;

/**
 * The text of a new secret beside the one in force. The first one of all overlaps with none, and no receiver keeps an
 * empty one.
 * @throws {RotationError} while the last one's overlap lasts: the source may still sign with the oldest.
 */
export function makeValue(inForce: string | undefined, { newSecret, clocks, now }: WebhookSecretRules): string {
  const [current, nowMs] = [newSecret(), now()];
  const old = inForce === undefined ? undefined : readWebhookSecret(inForce);
  if (old !== undefined && overlaps(old, nowMs)) throw new RotationError('overlapping');
  const value: WebhookSecret = {
    current,
    ...(old !== undefined && { previous: old.current, previousValidUntil: toIso(nowMs + clocks.overlapMs) }),
    ...(inForce !== undefined && { handOverFrom: toIso(nowMs + waitBeforeHandOver(clocks)) }),
  };
  return JSON.stringify(value);
}

/**
 * Lets a value pass that receivers can work with: of our own making, beside the very one in force, in time, and such
 * that what it signs is accepted, and nothing else.
 * @throws {RotationError} for any other.
 */
export function checkValue(text: string, inForce: string | undefined, rules: WebhookSecretRules): void {
  const value = readWebhookSecret(text);
  if (value === undefined || value.current.length < shortest) throw new RotationError('malformed');
  if (rules.scheme.checkSecret(value.current) !== undefined) throw new RotationError('malformed');
  if (inForce !== undefined) checkPlace(value, inForce, rules);
  const stranger = rules.newSecret();
  if (!isAccepted(value.current, text, rules) || isAccepted(stranger, text, rules)) {
    throw new RotationError('not-verified');
  }
}

/** Two rotations may have begun from one secret, and one may have been left lying: neither may end what the source has. */
function checkPlace(value: WebhookSecret, inForce: string, { clocks, now }: WebhookSecretRules): void {
  const { previous, previousValidUntil = '', handOverFrom = '' } = value;
  if (previous !== readWebhookSecret(inForce)?.current) throw new RotationError('overtaken');
  const [handOverMs, endMs] = [Date.parse(handOverFrom), Date.parse(previousValidUntil)];
  if (Number.isNaN(handOverMs)) throw new RotationError('malformed');
  if (previous !== undefined && !(endMs > handOverMs)) throw new RotationError('malformed');
  // From then on it would be in force too late for every receiver to have it in time.
  if (now() > handOverMs - waitBeforeHandOver(clocks) + clocks.rereadMs) throw new RotationError('outdated');
}

/** Whether a receiver that holds this text takes what that secret signs. */
function isAccepted(secret: string, text: string, { scheme, sign, now }: WebhookSecretRules): boolean {
  const headers = Object.fromEntries(scheme.headers.map((name) => [name, 'sample']));
  const sample: SignedRequest = { method: 'POST', url: 'https://sample.invalid/', headers, body: Buffer.from('{}') };
  return scheme.verify(sign(sample, secret, now()), liveSecrets(text, now()), now()).valid;
}

function toIso(ms: number): string {
  return new Date(ms).toISOString();
}
