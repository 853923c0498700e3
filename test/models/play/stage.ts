import type { QueueRecord } from '../../../functions/contract/delivery.ts';
import type { Port } from '../port.ts';
import type { Call } from '../script/case.ts';

/** What a case has seen so far. */
export interface Stage {
  readonly port: Port;
  /** Ids of what was sent, with the time before and after, Unix milliseconds. */
  readonly sent: Map<string, { readonly fromMs: number; readonly toMs: number }>;
  /** Every receive of a message, by its body. */
  readonly received: Map<string, QueueRecord[]>;
  /** What the last call was refused with. */
  refusal: string | undefined;
}

/** How calls are made; each answers what came of it, as a short text. `documented` is what should. */
export type Players<Kind extends Call['do']> = {
  readonly [One in Kind]: (call: Extract<Call, { do: One }>, stage: Stage, documented: string) => Promise<string>;
};

/**
 * `done`, or `refused` where the other side took the call for a wrong one: our edges and models throw plain errors, an AWS
 * client those of an answer of 400. Anything else, such as a connection that breaks, is thrown on.
 */
export async function doneOrRefused(stage: Stage, work: Promise<unknown>): Promise<'done' | 'refused'> {
  try {
    await work;
    return 'done';
  } catch (error) {
    if (!isRefusal(error)) throw error;
    stage.refusal = error.message;
    return 'refused';
  }
}

function isRefusal(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return $metadata === undefined ? error.constructor === Error : $metadata.httpStatusCode === 400;
}

/** Makes a call so often at the same time; `replaced, 1 of 20` says how many ended with this word. */
export async function atOnce(times: number, word: string, make: () => Promise<string>): Promise<string> {
  if (times === 1) return make();
  const results = await Promise.all(Array.from({ length: times }, make));
  return `${word}, ${results.filter((result) => result === word).length} of ${times}`;
}
