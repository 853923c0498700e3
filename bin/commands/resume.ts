import { resumePart } from '../holds.ts';
import { type SwitchCommand, switchPart } from '../switch-part.ts';

export const resumeCommand: SwitchCommand = {
  verb: 'resume',
  help: [
    'Releases a flow that was paused or held itself, or a system that was paused. A system that is held back because it',
    'does not answer, or refuses our credentials, needs no resume: it goes on as soon as a probe finds it well.',
  ],
  change: resumePart,
  consequence:
    'Events that wait come back by themselves: within half a minute, or half an hour where they waited for days.',
  unchanged:
    'Nothing changed: it was not paused. What is held back by itself goes on as soon as a probe finds it well.',
};

/** `millrace resume FLOW|SYSTEM`: resolves to the exit code. */
export function resume(args: readonly string[]): Promise<number> {
  return switchPart(resumeCommand, args);
}
