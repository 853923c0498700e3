import { describe, expect, it } from 'vitest';
import { createGathering } from '../../../../functions/connectors/salesforce/gathering.ts';
import { quiet } from '../../deliver-event/support/clock.ts';

interface Item {
  readonly id: string;
  readonly kind?: string;
  readonly context: { readonly alone: boolean };
}

/** Calls and waits that end when the test says so. */
function aGathering(most = 10, answerOf: (id: string) => string | undefined = (id) => `${id} shared`) {
  const calls: { ids: string[]; end: () => void; fail: (reason: Error) => void }[] = [];
  const waits: { ms: number; end: () => void }[] = [];
  const callWith = (items: readonly Item[]) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    calls.push({ ids: items.map(({ id }) => id), end: resolve, fail: reject });
    return promise;
  };
  const gather = createGathering<Item, string>({
    most,
    kindOf: ({ kind = 'account' }) => kind,
    recordOf: ({ id }) => id.slice(0, 1),
    share: (items) => callWith(items).then(() => items.map(({ id }) => answerOf(id))),
    alone: (item) => callWith([item]).then(() => `${item.id} alone`),
    sleep: (ms) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      waits.push({ ms, end: resolve });
      return promise;
    },
  });
  const ask = (id: string, differs: Partial<Item> = {}) => gather({ id, context: { alone: false }, ...differs });
  const made = async () => {
    await quiet();
    return calls.map(({ ids }) => ids.join('+'));
  };
  return { ask, calls, waits, made };
}

describe('a gathering', () => {
  it('lets the first go at once and alone, and whoever comes meanwhile go together when it is back', async () => {
    const { ask, calls, made } = aGathering();

    const asked = ['a', 'b', 'c'].map((id) => ask(id));
    const meanwhile = await made();
    calls[0]?.end();
    const afterwards = await made();
    calls[1]?.end();

    expect(meanwhile).toEqual(['a']);
    expect(afterwards).toEqual(['a', 'b+c']);
    expect(await Promise.all(asked)).toEqual(['a alone', 'b shared', 'c shared']);
  });

  it('has nobody wait who comes alone, again and again', async () => {
    const { ask, calls, waits, made } = aGathering();

    for (const id of ['a', 'b', 'c']) {
      const asked = ask(id);
      calls.at(-1)?.end();
      await asked;
    }

    expect(await made()).toEqual(['a', 'b', 'c']);
    expect(waits).toEqual([]);
  });

  it('has nobody wait longer than 200 ms for a call that hangs', async () => {
    const { ask, waits, made } = aGathering();
    for (const id of ['a', 'b', 'c']) void ask(id);
    await quiet();

    waits[0]?.end();

    expect(await made()).toEqual(['a', 'b+c']);
    expect(waits.map(({ ms }) => ms)).toEqual([200]);
  });

  it('lets one go alone who had no company when the wait was over', async () => {
    const { ask, calls, waits, made } = aGathering();
    void ask('a');
    const second = ask('b');

    waits[0]?.end();
    await made();
    calls[1]?.end();

    expect(await second).toBe('b alone');
  });

  it('lets a complete company go at once, and begins another', async () => {
    const { ask, made } = aGathering(2);

    for (const id of ['a', 'b', 'c', 'd']) void ask(id);

    expect(await made()).toEqual(['a', 'b+c']);
  });

  it('never has two items of one record in a call', async () => {
    const { ask, calls, made } = aGathering();
    for (const id of ['a', 'b1', 'b2', 'c']) void ask(id);

    calls[0]?.end();

    expect(await made()).toEqual(['a', 'b1+c', 'b2']);
  });

  it('keeps kinds apart: one waits for nothing of another', async () => {
    const { ask, made } = aGathering();

    void ask('a');
    void ask('b', { kind: 'contact' });

    expect(await made()).toEqual(['a', 'b']);
  });

  it('lets one that must be alone go at once, and has nobody wait for it', async () => {
    const { ask, made } = aGathering();

    void ask('a');
    void ask('b', { context: { alone: true } });
    void ask('c', { context: { alone: true } });

    expect(await made()).toEqual(['a', 'b', 'c']);
  });

  it('is none with one item a call', async () => {
    const { ask, waits, made } = aGathering(1);

    for (const id of ['a', 'b', 'c']) void ask(id);

    expect(await made()).toEqual(['a', 'b', 'c']);
    expect(waits).toEqual([]);
  });

  it('asks alone for what the shared call could not tell', async () => {
    const { ask, calls, made } = aGathering(10, (id) => (id === 'b' ? undefined : `${id} shared`));
    const asked = ['a', 'b', 'c'].map((id) => ask(id));

    for (const nth of [0, 1, 2]) {
      await made();
      calls[nth]?.end();
    }

    expect(await Promise.all(asked)).toEqual(['a alone', 'b alone', 'c shared']);
    expect(await made()).toEqual(['a', 'b+c', 'b']);
  });

  it('tells each of a call that throws, and goes on', async () => {
    const { ask, calls, made } = aGathering();
    const asked = ['a', 'b', 'c'].map((id) => ask(id).catch((error: Error) => error.message));
    calls[0]?.fail(new Error('of its own'));
    await made();

    calls[1]?.fail(new Error('of both'));
    const told = await Promise.all(asked);
    void ask('d');

    expect(told).toEqual(['of its own', 'of both', 'of both']);
    expect(await made()).toEqual(['a', 'b+c', 'd']);
  });
});
