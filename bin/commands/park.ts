import { mapBounded } from '../../functions/engine/map-bounded.ts';
import { askToPark } from '../../functions/parking/ask-to-park.ts';
import { createParkRequests } from '../../functions/state/park-requests.ts';
import { defineCommand } from '../command.ts';
import { exitCodes, UsageError } from '../errors.ts';
import { localStage } from '../open-stage.ts';
import { flowOption, stageOption } from '../options.ts';
import { flowsNamed } from '../parts.ts';
import { tableOf } from '../tables.ts';

/** `millrace park EVENT --reason R` */
export const parkCommand = defineCommand({
  name: 'park',
  summary: 'take an event that fails or waits out of its queue',
  synopsis: 'EVENT --reason TEXT',
  word: { name: 'EVENT', required: true },
  help: () => [
    'Asks delivery to park an event at its next receive, without another call, even while its flow is paused or the',
    'system is down. It parks what was received before, so an event that fails or waits; one that is delivered first is',
    'not parked. A wrong id does nothing: events in a queue can not be looked up.',
  ],
  options: {
    reason: { type: 'string', value: 'TEXT', help: 'why, for whoever looks at it later; no personal data' },
    ...flowOption,
    ...stageOption,
  },
  async run({ word: eventId, values: { reason, flow, stage: stageName = localStage } }, context) {
    if (reason === undefined) throw new UsageError('--reason is missing: say why the event is parked.');
    const flows = flowsNamed(flow, context.integrations);
    const stage = await context.openStage(stageName);
    const asked = await mapBounded(flows, 8, async (each) => {
      const { store } = stage.parkingOf(each.integration);
      const requests = createParkRequests(stage.table, each.integration);
      return { flow: each.name, outcome: await askToPark({ flow: each.name, eventId }, reason, { store, requests }) };
    });
    const rows = asked.map(({ flow: name, outcome }) => [
      name,
      outcome === 'asked' ? 'asked to park it' : 'parked already: nothing to do',
    ]);
    context.terminal.print(tableOf(['Flow', eventId], rows));
    if (asked.some(({ outcome }) => outcome === 'asked')) context.terminal.print(`\n${consequence(eventId)}`);
    return exitCodes.done;
  },
});

function consequence(eventId: string): string {
  return [
    'It is parked at its next receive: in seconds where it came of late, within half an hour where it has waited long.',
    'An event that was never received yet, since others of its key stand before it, is parked at its second receive.',
    `Nothing happens in a flow that has no such event. \`millrace parked show ${eventId}\` shows it as soon as it is parked.`,
  ].join('\n');
}
