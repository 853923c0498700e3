import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';

/** A secret's text, kept in memory. */
export interface SecretReader {
  /**
   * The text; undefined where the secret has none yet. An old text goes on serving while Secrets Manager can't be
   * reached.
   * @throws what Secrets Manager answered, when nothing is kept: hand the work back, it is no fault of the caller's.
   */
  read(): Promise<string | undefined>;
  /** Reads again unless that was done less than `minAgeMs` ago. */
  reread(minAgeMs: number): Promise<string | undefined>;
}

/** A new secret is noticed within this time, in milliseconds, also where nothing fails. */
const maxAgeMs = 5 * 60 * 1000;

/** Reads one secret; reads at the same time share one call. */
export function createSecretReader(client: SecretsManagerClient, SecretId: string, now: () => number): SecretReader {
  return keepText(async () => {
    try {
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId }));
      return SecretString;
    } catch (error) {
      // A secret that was created empty has no current version: that is "none", not a failure.
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }, now);
}

/** Keeps what `fetchText` reads, as a container keeps a secret; it resolves to undefined where there is no version. */
export function keepText(fetchText: () => Promise<string | undefined>, now: () => number): SecretReader {
  let kept: string | undefined;
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let fetching: Promise<string | undefined> | undefined;

  async function refetch(): Promise<string | undefined> {
    try {
      const text = (await fetchText()) ?? kept;
      kept = text === '' ? undefined : text;
    } catch (error) {
      if (kept === undefined) throw error;
    }
    fetchedAt = now();
    return kept;
  }

  function reread(minAgeMs: number): Promise<string | undefined> {
    if (now() - fetchedAt < minAgeMs) return Promise.resolve(kept);
    fetching ??= refetch().finally(() => {
      fetching = undefined;
    });
    return fetching;
  }

  // An empty secret is asked for again every time: the operator is about to fill it.
  return { reread, read: () => reread(kept === undefined ? 0 : maxAgeMs) };
}
