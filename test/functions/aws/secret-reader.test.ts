import { ResourceNotFoundException, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { createSecretReader, keepText } from '../../../functions/aws/secret-reader.ts';
import { answering, nowhere } from './fake-client.ts';

const minutes = (count: number) => count * 60_000;

/** A reader of a secret whose text, or failure, the test sets. */
function aReader(first: string | Error | undefined) {
  let state = first;
  let nowMs = 1_000_000;
  const { client, sent } = answering(new SecretsManagerClient(nowhere), () => {
    if (state instanceof Error) throw state;
    return { SecretString: state };
  });
  const reader = createSecretReader(client, 'millrace-test/secret', () => nowMs);
  const holds = (next: string | Error | undefined) => {
    state = next;
  };
  const advance = (ms: number) => {
    nowMs += ms;
  };
  return { reader, sent, holds, advance };
}

const none = new ResourceNotFoundException({ message: 'no AWSCURRENT', $metadata: {} });
const down = new Error('Secrets Manager is down');

describe('createSecretReader', () => {
  it('reads the secret by its id, once for five minutes', async () => {
    const { reader, sent, holds, advance } = aReader('one');

    const first = await reader.read();
    holds('two');
    advance(minutes(5) - 1);
    const kept = await reader.read();
    advance(1);
    const second = await reader.read();

    expect([first, kept, second]).toEqual(['one', 'one', 'two']);
    expect(sent).toEqual(Array(2).fill(['GetSecretValueCommand', { SecretId: 'millrace-test/secret' }]));
  });

  it('shares one call between reads at the same time', async () => {
    const { reader, sent } = aReader('one');

    const texts = await Promise.all([reader.read(), reader.read(), reader.reread(0), reader.read()]);

    expect(texts).toEqual(Array(4).fill('one'));
    expect(sent).toHaveLength(1);
  });

  it('reads again when asked to, but no sooner than asked to', async () => {
    const { reader, sent, holds, advance } = aReader('one');
    await reader.read();
    holds('two');

    const soon = await reader.reread(30_000);
    advance(30_000);
    const later = await reader.reread(30_000);
    const atOnce = await reader.reread(0);

    expect([soon, later, atOnce]).toEqual(['one', 'two', 'two']);
    expect(sent).toHaveLength(3);
  });

  it.each([
    ['without a version', none],
    ['with an empty text', ''],
  ])('answers undefined for a secret %s, and asks every time: somebody is about to fill it', async (_what, state) => {
    const { reader, sent, holds } = aReader(state);

    const empty = [await reader.read(), await reader.read()];
    holds('filled');
    const filled = await reader.read();

    expect(empty).toEqual([undefined, undefined]);
    expect(filled).toBe('filled');
    expect(sent).toHaveLength(3);
  });

  it('goes on with an old text while Secrets Manager is down', async () => {
    const { reader, holds, advance } = aReader('one');
    await reader.read();
    holds(down);
    advance(minutes(60));

    const texts = [await reader.read(), await reader.reread(0)];

    expect(texts).toEqual(['one', 'one']);
  });

  it('that could not be read when its time had come is read again half a minute later, and no sooner', async () => {
    const { reader, sent, holds, advance } = aReader('one');
    await reader.read();
    holds(down);
    advance(minutes(5));
    await reader.read();
    holds('two');

    const texts: unknown[] = [];
    for (const waitMs of [0, 29_999, 1]) {
      advance(waitMs);
      texts.push(await reader.read());
    }

    expect(texts).toEqual(['one', 'one', 'two']);
    expect(sent).toHaveLength(3);
  });

  it('counts as old as the call that read it', async () => {
    let [nowMs, text] = [0, 'one'];
    const slow = keepText(
      async () => {
        const read = text;
        nowMs += 10_000;
        return read;
      },
      () => nowMs,
    );
    await slow.read();
    text = 'two';
    nowMs = minutes(5) - 1;
    const before = await slow.read();
    nowMs += 1;

    expect([before, await slow.read()]).toEqual(['one', 'two']);
  });

  it('throws where nothing is kept, and tries again the next time', async () => {
    const { reader, holds } = aReader(down);

    const failed = reader.read();
    await expect(failed).rejects.toBe(down);
    holds('one');

    expect(await reader.read()).toBe('one');
  });
});
