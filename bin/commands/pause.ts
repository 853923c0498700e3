import { pausePart } from '../holds.ts';
import { type SwitchCommand, switchPart } from '../switch-part.ts';

export const pauseCommand: SwitchCommand = {
  verb: 'pause',
  help: [
    'Holds the events of a flow, or every call to a system, until `millrace resume`. Webhooks are taken and queued as',
    'before, and keep their order; nothing is lost, but at 12 days of age an event becomes a dead letter.',
  ],
  change: (part, board) => pausePart(part, board, Date.now()),
  consequence:
    'In effect within a second; deliveries that are under way end as they would. Events wait in their queues.',
  unchanged: 'Nothing changed: it was held already.',
};

/** `millrace pause FLOW|SYSTEM`: resolves to the exit code. */
export function pause(args: readonly string[]): Promise<number> {
  return switchPart(pauseCommand, args);
}
