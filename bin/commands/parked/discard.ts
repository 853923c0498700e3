import { type Discarded, discard } from '../../../functions/parking/discard.ts';
import { defineCommand } from '../../command.ts';
import { CommandError, exitCodes, UsageError } from '../../errors.ts';
import { localStage } from '../../open-stage.ts';
import { flowOption, stageOption } from '../../options.ts';
import { findEvent, readList } from '../../parked/events.ts';
import { flowsNamed } from '../../parts.ts';

/** `millrace parked discard ID --reason R` */
export const discardCommand = defineCommand({
  name: 'parked discard',
  summary: 'give one up, with a reason',
  synopsis: 'ID --reason TEXT',
  word: { name: 'ID', required: true },
  help: () => [
    'Settles a parked event without delivering it: its message is deleted, the reason is kept for 90 days, and a repeat',
    'of the event is skipped. Where its key halts, what stands behind it is released.',
  ],
  options: {
    reason: { type: 'string', value: 'TEXT', help: 'why, for whoever looks at it later; no personal data' },
    ...flowOption,
    ...stageOption,
  },
  async run({ word: eventId, values: { reason, flow, stage: stageName = localStage } }, context) {
    if (reason === undefined) throw new UsageError('--reason is missing: say why the event is given up.');
    const flows = flowsNamed(flow, context.integrations);
    const stage = await context.openStage(stageName);
    const found = await findEvent(stage, flows, eventId);
    const services = stage.parkingOf(found.flow.integration);
    const discarded = await discard(found.event, reason, services);
    // Only now is it known for sure: it may have been settled meanwhile.
    const { status, note } = (await services.store.read(found.flow.name, eventId)) ?? found.event;
    const about = `${eventId} of ${found.flow.name}`;
    if (discarded !== 'discarded' && status !== 'discarded') throw refusal(discarded, about, status);
    context.terminal.print(
      discarded === 'discarded' ? `Discarded ${about}.` : `${about} was discarded already${note ? `: ${note}` : ''}.`,
    );
    const list = await readList(stage, found);
    const next = list?.halts ? list.events[0]?.eventId : undefined;
    if (next !== undefined) context.terminal.print(`${next} stood behind it, and is next: it is released.`);
    return exitCodes.done;
  },
});

function refusal(discarded: Exclude<Discarded, 'discarded'>, about: string, status: string): CommandError {
  const why = {
    delivered: 'was delivered meanwhile. Nothing was changed.',
    absent: 'is not in the parked table any more. `millrace parked list` shows what is.',
    'not-parked': `is settled already: it is ${status}. Nothing was changed.`,
    'in-progress': 'is being delivered right now. Look at it again in a minute: `millrace parked show` tells.',
  }[discarded];
  return new CommandError(`${about} ${why}`);
}
