import { defineCommand } from '../command.ts';
import { pausePart } from '../holds.ts';
import { stageOption } from '../options.ts';
import { partLines, switchPart } from '../switch-part.ts';

/** `millrace pause FLOW|SYSTEM` */
export const pauseCommand = defineCommand({
  name: 'pause',
  summary: 'hold a flow, or every call to a system',
  word: { name: 'FLOW|SYSTEM', required: true },
  help: ({ integrations }) => [
    'Holds the events of a flow, or every call to a system, until `millrace resume`. Webhooks are taken and queued as',
    'before, and keep their order; nothing is lost, but at 12 days of age an event is parked.',
    '',
    ...partLines(integrations),
  ],
  options: stageOption,
  run: ({ word, values }, context) =>
    switchPart(word, values.stage, context, {
      change: (part, board) => pausePart(part, board, context.now()),
      consequence:
        'In effect within a second; deliveries that are under way end as they would. Events wait in their queues.',
      unchanged: 'Nothing changed: it was held already.',
    }),
});
