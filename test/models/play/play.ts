import type { Port } from '../port.ts';
import type { Call, Case } from '../script/case.ts';
import { lockPlayers } from './locks.ts';
import { queuePlayers } from './queue.ts';
import type { Players, Stage } from './stage.ts';
import { tablePlayers } from './table.ts';

/** What came of a case: what the documentation says, or the first step that came otherwise, counted from 1. */
export type Played =
  | 'as documented'
  | {
      readonly step: number;
      readonly call: string;
      readonly gives: string;
      /** What it was refused with. */
      readonly why: string | undefined;
    };

const players: Players<Call['do']> = { ...queuePlayers, ...tablePlayers, ...lockPlayers };

/** Plays a case up to the first step that comes otherwise than the script says. */
export async function play({ steps }: Case, port: Port): Promise<Played> {
  const stage: Stage = { port, sent: new Map(), received: new Map(), refusal: undefined };
  for (const [index, { call, gives: documented }] of steps.entries()) {
    // Which player fits which call is known to be right by its key; TypeScript does not follow that.
    const player = players[call.do] as (...given: [Call, Stage, string]) => Promise<string>;
    stage.refusal = undefined;
    const gives = await player(call, stage, documented);
    if (gives !== documented) return { step: index + 1, call: call.do, gives, why: stage.refusal };
  }
  return 'as documented';
}
