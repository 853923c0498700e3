import type { History } from '../../functions/contract/delivery.ts';
import type { BreakerState } from '../../functions/contract/health.ts';
import { createHealth } from '../../functions/state/health.ts';
import { createHistories } from '../../functions/state/histories.ts';
import { createIntents } from '../../functions/state/intents.ts';
import type { OpenStage } from '../connect-stage.ts';
import type { End } from './ends.ts';
import type { FlowTrace } from './find-events.ts';

/** What an event that is not settled waits for, as far as state tells. */
export interface Situation {
  /** Why its flow is held; undefined while it runs. */
  readonly held: string | undefined;
  /** Systems that its flow calls, and to which calls are held back. */
  readonly heldBack: readonly {
    readonly system: string;
    readonly breaker: BreakerState & { readonly state: 'open' };
  }[];
  /** What its receives left behind; undefined where none did, or the message is not known. */
  readonly history: History | undefined;
  /** The first event of its key's park list. */
  readonly head: string | undefined;
  /** A create that was begun at the destination, and the id that it led to, if it did. */
  readonly intent: { readonly startedMs: number; readonly id: string | undefined } | undefined;
}

/** The entity key of an event in a flow. */
export function subjectOf({ entries, parked }: Pick<FlowTrace, 'entries' | 'parked'>): string | undefined {
  return parked?.subject ?? entries.find(({ subject }) => subject !== undefined)?.subject;
}

export async function readSituation(
  stage: OpenStage,
  trace: FlowTrace,
  ends: { readonly source: End; readonly destination: End } | undefined,
): Promise<Situation> {
  const { integration, name } = trace.flow;
  const { table } = stage;
  const health = createHealth(table, integration);
  const subject = subjectOf(trace);
  const messageId = trace.entries.findLast((entry) => entry.messageId !== undefined)?.messageId;
  const systems = ends === undefined ? [] : [...new Set([ends.source.system, ends.destination.system])];
  const [{ reason: held }, breakers, histories, list, intent] = await Promise.all([
    health.readHold(name),
    Promise.all(systems.map(async (system) => ({ system, breaker: await health.readBreaker(system) }))),
    messageId === undefined
      ? new Map<string, History>()
      : createHistories(table, integration).read([{ messageId, event: undefined }]),
    subject === undefined ? undefined : stage.parkingOf(integration).lists.read(name, subject),
    subject === undefined || ends === undefined
      ? undefined
      : createIntents(table, integration).read(`${ends.destination.system}/${ends.destination.object}/${subject}`),
  ]);
  return {
    held,
    heldBack: breakers.flatMap(({ system, breaker }) => (breaker.state === 'open' ? [{ system, breaker }] : [])),
    history: histories.get(messageId ?? ''),
    head: list?.events[0]?.eventId,
    intent,
  };
}
