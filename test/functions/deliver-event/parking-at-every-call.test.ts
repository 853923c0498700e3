import { describe, expect, it } from 'vitest';
import { breakCall, type Fault, faults, insist } from './support/faults.ts';
import { type ParkedPeople, parkedPeople } from './support/parked-people.ts';

type World = ReturnType<typeof parkedPeople>;

interface Story {
  readonly setup: ParkedPeople;
  /** What happens, up to the fault or beyond it. */
  act(world: World): Promise<void>;
  /** What must be true in the end, whatever befell which call. */
  end(world: World): Promise<void> | void;
}

/** e1 is parked; e2 and e3 come after it. */
async function threeEvents({ broken, tell, settleAll }: World) {
  broken.add('e1');
  for (const id of ['e1', 'e2', 'e3']) tell(id);
  await settleAll();
}

/** A write may be repeated by the run after a crash; nothing else may. */
function inOrder(written: readonly string[]): string[] {
  return written.filter((id, index) => id !== written[index - 1]);
}

async function nothingIsLeft({ listed, queue, deadLetters, table }: World) {
  expect(await listed()).toEqual([]);
  expect([...queue.messages, ...deadLetters.messages]).toEqual([]);
  expect(table.rows.get('parked:test:people-to-payers:p1')?.expiresAt).toBeDefined();
}

const halts: ParkedPeople = { afterDeadLetter: 'halt-key' };

const stories: Readonly<Record<string, Story>> = {
  'a halted key is released: each event is delivered once, in its order': {
    setup: halts,
    async act(world) {
      const { broken, release, tell, settleAll } = world;
      await threeEvents(world);
      broken.clear();
      await insist(world, () => release('e1'));
      tell('e4');
      await settleAll();
    },
    async end(world) {
      const { written, statuses } = world;
      expect(inOrder(written)).toEqual(['e1', 'e2', 'e3', 'e4']);
      expect(new Set(Object.values(statuses()))).toEqual(new Set(['delivered']));
      await nothingIsLeft(world);
    },
  },
  'a release fails: it is parked once more, at its place, and what is behind it waits': {
    setup: halts,
    async act(world) {
      await threeEvents(world);
      await insist(world, () => world.release('e1'));
      await world.settleAll();
    },
    async end({ statuses, listed, parked, written }) {
      expect(written).toEqual([]);
      expect(statuses()).toEqual({ e1: 'parked', e2: 'waiting', e3: 'waiting' });
      expect(await listed()).toEqual(['e1', 'e2', 'e3']);
      expect(parked.all().map(({ generation }) => generation)).toEqual([2, 1, 1]);
    },
  },
  'the first of a halted key is discarded: the others are delivered': {
    setup: halts,
    async act(world) {
      await threeEvents(world);
      await insist(
        world,
        () => world.discard('e1', 'no use'),
        (answer) => answer !== 'in-progress',
      );
      await world.settleAll();
    },
    async end(world) {
      expect(inOrder(world.written)).toEqual(['e2', 'e3']);
      expect(world.statuses()).toEqual({ e1: 'discarded', e2: 'delivered', e3: 'delivered' });
      expect(world.parked.all()[0]?.note).toBe('no use');
      await nothingIsLeft(world);
    },
  },
  'a halted key is erased: nothing of it is delivered any more': {
    setup: halts,
    async act(world) {
      await threeEvents(world);
      await insist(
        world,
        () => world.erase(),
        ({ inProgress }) => inProgress === 0,
      );
      await world.settleAll();
    },
    async end(world) {
      expect(world.written).toEqual([]);
      expect(world.statuses()).toEqual({ e1: 'erased', e2: 'erased', e3: 'erased' });
      expect(world.parked.all().map(({ body, subject }) => [body, subject])).toEqual(
        Array(3).fill([undefined, undefined]),
      );
      await nothingIsLeft(world);
    },
  },
  'a later event supersedes what is parked': {
    setup: {},
    async act(world) {
      await threeEvents(world);
    },
    async end(world) {
      expect(inOrder(world.written)).toEqual(['e2', 'e3']);
      expect(world.statuses()).toEqual({ e1: 'superseded' });
      await nothingIsLeft(world);
    },
  },
  'the last event of all supersedes what is parked': {
    setup: {},
    async act({ broken, tell, settleAll }) {
      broken.add('e1');
      for (const id of ['e1', 'e2']) {
        tell(id);
        await settleAll();
      }
    },
    async end(world) {
      expect(inOrder(world.written)).toEqual(['e2']);
      expect(world.statuses()).toEqual({ e1: 'superseded' });
      await nothingIsLeft(world);
    },
  },
  'what the events tell is written: the newest stands': {
    setup: { payload: 'event' },
    async act(world) {
      const { broken, tell, release, settleAll } = world;
      broken.add('v2');
      for (const version of [1, 2]) tell(`v${version}`, { version });
      await settleAll();
      broken.clear();
      await insist(world, () => release('v2'));
      tell('late', { version: 1 });
      await settleAll();
    },
    async end(world) {
      const { destination, statuses, written } = world;
      expect(inOrder(written)).toEqual(['v1', 'v2']);
      expect([...destination.records.values()]).toEqual([{ title: 'v2', crm_id: 'p1' }]);
      expect(statuses()).toEqual({ v2: 'delivered' });
      await nothingIsLeft(world);
    },
  },
};

describe.each(Object.entries(stories))('%s', (_title, { setup, act, end }) => {
  it.each<Fault>(faults)('whichever call is %s', async (fault) => {
    let calls = 1;
    for (let nth = 1; nth <= calls; nth += 1) {
      const world = parkedPeople(setup);
      const mend = breakCall(world, nth, fault);

      await act(world);

      calls = mend();
      await Promise.resolve(end(world)).catch((error: Error) => {
        error.message = `call ${nth} was ${fault}: ${error.message}`;
        throw error;
      });
    }
    expect(calls).toBeGreaterThan(10);
  });
});
