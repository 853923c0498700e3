import type { Context } from '../command.ts';
import type { OpenStage } from '../connect-stage.ts';
import type { Part } from '../parts.ts';

/** Events of one flow that may be on their way back at once: no live event ever stands behind more of them. */
const mostReleasing = 100;

/** A look asks the parked table's index for all that is unsettled. In milliseconds. */
const lookEveryMs = 2_000;

/** Keeps releases from filling a flow's queue, whoever began them. */
export function createPacer(stage: OpenStage, { sleep }: Pick<Context, 'sleep'>) {
  /** As many as there can be at most: some may have arrived since they were counted. */
  const most = new Map<Part, number>();

  async function look(flow: Part): Promise<number> {
    const events = await stage.parkingOf(flow.integration).store.unsettled(flow.name);
    return events.filter(({ status }) => status === 'releasing').length;
  }

  return {
    /** Waits until the flow's queue has room for another one, or until it is stopped; answers whether it waited. */
    async waitForRoom(flow: Part, stop: AbortSignal, tell: (releasing: number) => void): Promise<boolean> {
      const known = most.get(flow) ?? mostReleasing;
      let releasing = known < mostReleasing ? known : await look(flow);
      const waits = releasing >= mostReleasing;
      while (releasing >= mostReleasing && !stop.aborted) {
        tell(releasing);
        await sleep(lookEveryMs, stop);
        releasing = await look(flow);
      }
      most.set(flow, releasing);
      return waits;
    },
    released(flow: Part): void {
      most.set(flow, (most.get(flow) ?? 0) + 1);
    },
  };
}
