import type { parkedPeople } from './parked-people.ts';

type World = ReturnType<typeof parkedPeople>;

/** What befalls one call to the outside: whoever makes it is killed, or is told of a failure, before it is done or after. */
export const faults = ['killed before', 'killed after', 'refused', 'answer lost'] as const;

export type Fault = (typeof faults)[number];

/** Lets a fault befall the `nth` call of a world from now on; what is answered ends that, and tells how many there were. */
export function breakCall(world: World, nth: number, fault: Fault): () => number {
  const { table, parked, port, releases, killRunning } = world;
  let calls = 0;
  let isOver = false;
  const before = (): void | Promise<void> => {
    if (!isOver) calls += 1;
    if (isOver || calls !== nth) return undefined;
    if (fault === 'killed before') return killRunning();
    if (fault === 'refused') throw new Error('refused');
    return undefined;
  };
  const after = (): void | Promise<void> => {
    if (isOver || calls !== nth) return undefined;
    if (fault === 'killed after') return killRunning();
    if (fault === 'answer lost') throw new Error('answer lost');
    return undefined;
  };
  table.before.push(before);
  table.after.push(after);
  parked.before.push(before);
  parked.after.push(after);
  const around =
    <What extends unknown[]>(call: (...what: What) => Promise<void>) =>
    async (...what: What) => {
      await before();
      await call(...what);
      await after();
    };
  port.handBack = around(port.handBack);
  port.settle = around(port.settle);
  port.sendDeadLetter = around(port.sendDeadLetter);
  releases.release = around(releases.release);
  return () => {
    isOver = true;
    return calls;
  };
}

/** An operator who gives a command again until it is done: at once, or in a minute where something is in progress. */
export async function insist<Answer>(
  { clock }: Pick<World, 'clock'>,
  command: () => Promise<Answer>,
  isDone: (answer: Answer) => boolean = () => true,
): Promise<Answer> {
  for (let tries = 0; tries < 5; tries += 1) {
    try {
      const answer = await command();
      if (isDone(answer)) return answer;
      clock.advance(60_000);
    } catch {
      // Again.
    }
  }
  throw new Error('The command was given five times in vain.');
}
