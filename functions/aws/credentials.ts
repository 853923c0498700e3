import type { CredentialSource, Refusal } from '../connectors/connector.ts';
import { issuedMsOf, type RefreshAnswer } from '../contract/tokens.ts';
import { type Failure, type Outcome, success } from '../engine/outcome.ts';
import type { SecretReader } from './secret-reader.ts';
import { textHash } from './text-hash.ts';

const operation = 'credentials.read';

/** A kept secret that was refused is read again no sooner than this, in milliseconds. */
const rereadMs = 1_000;

/** An API key that an operator keeps: renewing is reading again, since it may have been replaced. */
export function keptCredentials(secret: SecretReader): CredentialSource {
  return {
    get: () => readOutcome(() => secret.read()),
    renew: async (refused, { failure }) => {
      const held = await readOutcome(() => secret.read());
      const current = isNewer(held, refused) ? held : await readOutcome(() => secret.reread(rereadMs));
      return current.kind === 'success' && current.value === refused ? failure : current;
    },
  };
}

/** How asking for a token may end without an answer: by a refusal of the credentials, by an outage, by nobody being there. */
export type NoAnswer = { readonly kind: 'refused' | 'unavailable' | 'unreachable' };

/** What renewing a token needs. */
export interface RenewalPorts {
  /** The token's. */
  readonly secret: SecretReader;
  /** Asks `refresh-token` for a newer token than the refused one, known by its hash; null: there is none. */
  ask(refused: string | null, timeoutMs: number): Promise<RefreshAnswer | NoAnswer>;
  now(): number;
  sleep(ms: number): Promise<void>;
  random(): number;
}

/**
 * A token that `refresh-token` makes. A late refusal of one that was replaced costs nothing; else the secret is read again,
 * since somebody else may have had it refreshed, and only then is the function asked. Renewals of one token share that.
 */
export function refreshedCredentials(ports: RenewalPorts): CredentialSource {
  const { secret } = ports;
  const renewing = new Map<string | undefined, Promise<Outcome<string>>>();

  return {
    get: () => readOutcome(() => secret.read()),
    renew: async (refused, refusal) => {
      const held = await readOutcome(() => secret.read());
      if (isNewer(held, refused)) return held;
      // A right is missing, not the token: another one would have no more.
      if (refusal.failure.status === 403) return refusal.failure;
      const underWay = renewing.get(refused);
      if (underWay !== undefined) return underWay;
      const renewal = renew(refused, refusal, ports).finally(() => renewing.delete(refused));
      renewing.set(refused, renewal);
      return renewal;
    },
  };
}

/** How long is waited, at most, for a new token to show, in milliseconds. */
const patienceMs = 3_000;

/** First wait between two looks, in milliseconds; it doubles. */
const firstPauseMs = 200;

async function renew(refused: string | undefined, refusal: Refusal, ports: RenewalPorts): Promise<Outcome<string>> {
  const { secret, ask, now } = ports;
  const endMs = now() + refusal.timeoutMs;
  const current = await readOutcome(() => secret.reread(0));
  if (current.kind === 'busy' || isNewer(current, refused)) return current;
  const leftMs = endMs - now();
  if (leftMs <= 0) return notNow('out-of-time', 0);
  const answer = await ask(refused === undefined ? null : textHash(refused), leftMs);
  const showsByMs = now() + Math.min(patienceMs, (endMs - now()) / 2);
  switch (answer.kind) {
    case 'stored':
      return newerToken(refused, answer.hash, showsByMs, ports);
    case 'wait':
      if (answer.code === 'token-settling') return notNow(answer.code, answer.waitMs);
      return newerToken(refused, undefined, showsByMs, ports);
    case 'stands':
      return refusal.failure;
    case 'refused':
      return { kind: 'auth', code: 'token-refused', operation };
    case 'unavailable':
      return { kind: 'transient', code: 'token-unavailable', operation };
    case 'unreachable':
      // Lambda itself could not be had: nothing is known about the credentials.
      return { kind: 'busy', code: 'refresher-unavailable', operation, unasked: true };
  }
}

/**
 * Reads until the secret shows a newer token: Secrets Manager may go on showing the old one for a while. `hash`: of what it
 * will show; undefined while somebody else is still fetching it. Containers that wait at the same time look at different ones.
 */
async function newerToken(
  refused: string | undefined,
  hash: string | undefined,
  showsByMs: number,
  { secret, now, sleep, random }: RenewalPorts,
): Promise<Outcome<string>> {
  for (let pauseMs = firstPauseMs; ; pauseMs *= 2) {
    const shown = await readOutcome(() => secret.reread(0));
    if (shown.kind === 'busy' || isNewer(shown, refused)) return shown;
    if (shown.kind === 'success' && textHash(shown.value) === hash) return shown;
    const ms = pauseMs * (0.5 + random());
    if (now() + ms > showsByMs) return notNow(hash === undefined ? 'refresh-in-progress' : 'token-not-shown', 1_000);
    await sleep(ms);
  }
}

/** Whether that is another token than the refused one, and no older. */
function isNewer(outcome: Outcome<string>, refused: string | undefined): boolean {
  if (outcome.kind !== 'success' || outcome.value === refused) return false;
  const [was, is] = [refused === undefined ? undefined : issuedMsOf(refused), issuedMsOf(outcome.value)];
  return was === undefined || is === undefined || is > was;
}

function notNow(code: string, retryAfterMs: number): Failure {
  return { kind: 'busy', code, operation, retryAfterMs, unasked: true };
}

async function readOutcome(read: () => Promise<string | undefined>): Promise<Outcome<string>> {
  try {
    const text = await read();
    return text === undefined ? { kind: 'auth', code: 'credentials-missing', operation } : success(text);
  } catch {
    // Secrets Manager can't be reached: nothing is wrong with the event or the system.
    return { kind: 'busy', code: 'secrets-unavailable', operation, unasked: true };
  }
}
