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

/** A new secret is noticed within this time, also where nothing fails; and a failed read is made again no sooner. */
export interface CacheClocks {
  readonly cacheMs: number;
  readonly rereadMs: number;
}

const defaultClocks: CacheClocks = { cacheMs: 5 * 60_000, rereadMs: 30_000 };

/** Reads one secret; reads at the same time share one call. */
export function createSecretReader(client: SecretsManagerClient, SecretId: string, now: () => number): SecretReader {
  const fetchText = async () => {
    try {
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId }));
      return SecretString;
    } catch (error) {
      // A secret that was created empty has no current version: that is "none", not a failure.
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  };
  return keepText(fetchText, now);
}

/** Keeps what `fetchText` reads, as a container keeps a secret; it resolves to undefined where there is no version. */
export function keepText(
  fetchText: () => Promise<string | undefined>,
  now: () => number,
  { cacheMs, rereadMs }: CacheClocks = defaultClocks,
): SecretReader {
  let kept: string | undefined;
  let [askedAt, readAt] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let fetching: Promise<string | undefined> | undefined;

  async function refetch(): Promise<string | undefined> {
    const beganAt = now();
    try {
      const text = (await fetchText()) ?? kept;
      kept = text === '' ? undefined : text;
      // What is read may be as old as the call.
      readAt = beganAt;
    } catch (error) {
      if (kept === undefined) throw error;
    }
    askedAt = now();
    return kept;
  }

  function reread(minAgeMs: number): Promise<string | undefined> {
    if (now() - askedAt < minAgeMs) return Promise.resolve(kept);
    fetching ??= refetch().finally(() => {
      fetching = undefined;
    });
    return fetching;
  }

  function read(): Promise<string | undefined> {
    // An empty secret is asked for again every time: the operator is about to fill it.
    if (kept === undefined) return reread(0);
    return now() - readAt < cacheMs ? Promise.resolve(kept) : reread(rereadMs);
  }

  return { reread, read };
}
