import { defineCommand } from '../command.ts';
import { resumePart } from '../holds.ts';
import { stageOption } from '../options.ts';
import { partLines, switchPart } from '../switch-part.ts';

/** `millrace resume FLOW|SYSTEM` */
export const resumeCommand = defineCommand({
  name: 'resume',
  summary: 'let it go on',
  word: { name: 'FLOW|SYSTEM', required: true },
  help: ({ integrations }) => [
    'Lets a flow go on that was paused or held itself, or a system that was paused. A system that is held back because',
    'it does not answer, or refuses our credentials, needs no resume: it goes on as soon as a probe finds it well.',
    '',
    ...partLines(integrations),
  ],
  options: stageOption,
  run: ({ word, values }, context) =>
    switchPart(word, values.stage, context, {
      change: resumePart,
      consequence:
        'Events that wait come back by themselves: within half a minute, or half an hour where they waited for days.',
      unchanged:
        'Nothing changed: it was not paused. What is held back by itself goes on as soon as a probe finds it well.',
    }),
});
