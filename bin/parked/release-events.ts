import { type Released, release } from '../../functions/parking/release.ts';
import { explainAwsError } from '../aws-errors.ts';
import { type Context, explain } from '../command.ts';
import type { OpenStage } from '../connect-stage.ts';
import { progressBar } from '../progress-bar.ts';
import { countOf } from '../tables.ts';
import { type Located, readList } from './events.ts';
import { createPacer } from './pacer.ts';

/** What became of one of them. */
export interface Outcome extends Located {
  /** It is on its way, or has arrived. */
  readonly ok: boolean;
  /** In words. */
  readonly told: string;
}

export interface Releases {
  readonly outcomes: readonly Outcome[];
  /** Told to stop before the last one. */
  readonly interrupted: boolean;
  /** Why it ended before the last one. */
  readonly failure: unknown;
}

/**
 * Releases events one after the other, `rate` a second, and several only as far as their queue has room; ends between two
 * of them when it is interrupted, or where AWS fails. What was done is told in any case.
 */
export async function releaseEvents(
  stage: OpenStage,
  events: readonly Located[],
  rate: number,
  context: Context,
): Promise<Releases> {
  const { terminal, now, sleep } = context;
  const pacer = createPacer(stage, context);
  const outcomes: Outcome[] = [];
  let dueMs = now();

  async function releaseNext(each: Located, stop: AbortSignal, say: (detail: string) => void): Promise<void> {
    const tell = (releasing: number) =>
      say(`${progressOf(outcomes.length, events.length)}, waiting: ${releasing} of ${each.flow.name} are on their way`);
    const waited = events.length > 1 && (await pacer.waitForRoom(each.flow, stop, tell));
    if (stop.aborted) return;
    // What was not released while it waited is not made up for all at once.
    dueMs = (waited ? now() : dueMs) + 1000 / rate;
    const outcome = await releaseOne(stage, each);
    if (outcome.ok) pacer.released(each.flow);
    outcomes.push(outcome);
    say(progressOf(outcomes.length, events.length));
  }

  return terminal.interruptible((stop) =>
    terminal.showStep(`Releasing ${countOf(events.length, 'event')}`, async (say) => {
      for (const each of events) {
        await sleep(Math.max(0, dueMs - now()), stop);
        try {
          if (!stop.aborted) await releaseNext(each, stop, say);
        } catch (failure) {
          return { outcomes, interrupted: false, failure };
        }
        if (stop.aborted && outcomes.length < events.length) return { outcomes, interrupted: true, failure: undefined };
      }
      return { outcomes, interrupted: false, failure: undefined };
    }),
  );
}

async function releaseOne(stage: OpenStage, { flow, event }: Located): Promise<Outcome> {
  try {
    const released = await release(event, stage.parkingOf(flow.integration));
    return { flow, event, ...(await tell(stage, { flow, event }, released)) };
  } catch (error) {
    const ours = explainAwsError(error) === undefined && explain(error);
    if (!ours) throw error;
    // Something about this event: the others may be well.
    return { flow, event, ok: false, told: `not released: ${ours.message}` };
  }
}

async function tell(
  stage: OpenStage,
  { flow, event }: Located,
  released: Released,
): Promise<Pick<Outcome, 'ok' | 'told'>> {
  switch (released) {
    case 'released':
      return {
        ok: true,
        told: event.status === 'releasing' ? 'sent again: it was being released already' : 'released',
      };
    case 'behind': {
      const list = await readList(stage, { flow, event });
      const head = list?.events[0]?.eventId ?? 'another event';
      return { ok: false, told: `not released: it stands behind ${head} of its key, which must go first` };
    }
    case 'no-message':
      return { ok: false, told: 'not released: it is no message of ours, and can only be discarded' };
    case 'absent':
      return { ok: false, told: 'not released: it is not in the parked table' };
    case 'not-parked': {
      const { status = 'settled' } =
        (await stage.parkingOf(flow.integration).store.read(flow.name, event.eventId)) ?? {};
      return { ok: status === 'delivered', told: `not released: it is ${status} already` };
    }
  }
}

function progressOf(done: number, all: number): string {
  return `${progressBar(done / all)} ${done} of ${all}`;
}
