import { type Context, defineCommand, type Given } from '../command.ts';
import { CommandError, exitCodes, UsageError } from '../errors.ts';
import { readSecret } from '../given-files.ts';
import { localStage } from '../open-stage.ts';
import { stageOption, yesOption } from '../options.ts';
import { findSource, fullName, type Source, sourcesOf } from '../parts.ts';
import { signerOf } from '../schemes.ts';
import { contentOf } from '../send/content.ts';
import type { Answered } from '../send/post.ts';
import { answerTable, countAnswers } from '../send/report.ts';
import { sampleNames } from '../send/samples.ts';
import { sendAll } from '../send/send-all.ts';
import { signRequest } from '../send/sign-request.ts';
import type { WebhookTarget } from '../send/stage-webhooks.ts';
import { tamperingOf } from '../send/tamper.ts';
import { countOf } from '../tables.ts';

const [mostTimes, mostAtOnce] = [100_000, 256];

const options = {
  times: { type: 'string', value: 'N', help: 'so many webhooks (default: 1); of a sample each is another event' },
  concurrency: { type: 'string', value: 'C', help: `so many at once (default: 1, at most ${mostAtOnce})` },
  tamper: {
    type: 'string',
    value: 'WHAT',
    help: 'change the body, signature or timestamp after signing: must be refused',
  },
  record: { type: 'string', value: 'ID', help: 'the record that a sample is about' },
  header: { type: 'string', value: "'NAME: VALUE'", multiple: true, help: 'a header beside those of a sample' },
  to: { type: 'string', value: 'URL', help: 'post there (default: where the stage receives the source)' },
  'secret-file': { type: 'string', value: 'FILE', help: "sign with this (default: the stage's own secret)" },
  json: { type: 'boolean', help: 'print JSON, for scripts' },
  ...yesOption,
  ...stageOption,
} as const;

type Values = Given<typeof options>['values'];

/** `millrace send INTEGRATION/SOURCE SAMPLE|FILE` */
export const sendCommand = defineCommand({
  name: 'send',
  summary: 'post a webhook, signed as its sender would',
  synopsis: 'INTEGRATION/SOURCE SAMPLE|FILE',
  word: { name: 'INTEGRATION/SOURCE', required: true },
  secondWord: { name: 'SAMPLE or FILE', required: true },
  help: ({ integrations }) => [
    'Signs as the source itself does and posts, and shows how that was answered, and how fast. A sample is another event',
    'each time, with an id and times of its own; a file is sent as it is, byte for byte, and each time under the same id,',
    'so that a repeat shows itself as one. --secret-file holds what the sender signs with: where a scheme has a pair of',
    'keys, the private one. Ctrl-C lets what is under way end, and shows what was sent.',
    '',
    'Samples:',
    ...sourcesOf(integrations).map((source) => `  ${fullName(source)}  ${sampleNames(source).join(', ') || '(none)'}`),
    '',
    `Exit codes: ${exitCodes.done} where every webhook was accepted, or with --tamper refused with 401; else ${exitCodes.failed}.`,
  ],
  options,
  run: send,
});

async function send({ word, secondWord, values }: Given<typeof options>, context: Context): Promise<number> {
  const { terminal, now } = context;
  const source = findSource(word, context.integrations);
  const times = countIn('times', values.times, mostTimes);
  const concurrency = countIn('concurrency', values.concurrency, mostAtOnce);
  const tampering = tamperingOf(values.tamper);
  const content = contentOf(source, secondWord, values);
  const sign = signerOf(source.scheme);
  if (!(await agreed(times, source, values, context))) throw new CommandError('Nothing was sent.');
  const { target, secret } = await targetOf(source, values, context);
  const make = () => signRequest(source.scheme, content.make(now()), { sign, secret, target, tampering, nowMs: now() });
  // Whatever can't be signed is told before anything is sent.
  make();
  const { answers, interrupted } = await sendAll(
    { make, times, concurrency, ca: target.ca, title: `Sending to ${target.url}` },
    context,
  );
  terminal.print(values.json ? jsonOf(target, times, answers) : textOf(answers, values, content.madeUpRecord));
  if (interrupted) {
    terminal.complain(`Interrupted after ${answers.length} of ${times}. What was sent goes its way.`);
    return exitCodes.interrupted;
  }
  const isWanted = ({ status }: Answered) =>
    typeof status === 'number' && (tampering === undefined ? status >= 200 && status < 300 : status === 401);
  return answers.every(isWanted) ? exitCodes.done : exitCodes.failed;
}

function countIn(option: string, text: string | undefined, most: number): number {
  if (text === undefined) return 1;
  const count = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (count > 0 && count <= most) return count;
  throw new UsageError(`--${option} '${text}' is no whole number from 1 to ${most.toLocaleString('en')}.`);
}

/** Nobody's deployed stage gets made-up events by a slip of the hand. */
async function agreed(times: number, source: Source, { to, stage = localStage, yes }: Values, { terminal }: Context) {
  if (to !== undefined || stage === localStage || yes) return true;
  const what = `${countOf(times, 'made-up webhook')} of ${fullName(source)} to stage ${stage}`;
  if (!terminal.interactive) throw new UsageError(`This sends ${what}. Add --yes to do so without being asked.`);
  return terminal.confirm(`Send ${what}?`);
}

async function targetOf(
  source: Source,
  values: Values,
  context: Context,
): Promise<{ target: WebhookTarget; secret: string }> {
  const { to, 'secret-file': file, stage: name = localStage } = values;
  if (to !== undefined && !/^https?:$/.test(URL.canParse(to) ? new URL(to).protocol : '')) {
    throw new UsageError(`--to '${to}' is no http(s) URL.`);
  }
  const own = file === undefined ? undefined : readSecret(file);
  if (to !== undefined && own !== undefined) return { target: { url: to }, secret: own };
  const { webhooks } = await context.openStage(name);
  const target = to === undefined ? await webhooks.targetOf(source) : { url: to };
  return { target, secret: own ?? (await webhooks.secretOf(source)) };
}

function textOf(answers: readonly Answered[], { stage, tamper }: Values, madeUpRecord: string | undefined): string {
  const [only, second] = answers;
  const correlationId = tamper === undefined ? only?.correlationId : undefined;
  const option = stage === undefined ? '' : ` --stage ${stage}`;
  const next =
    correlationId === undefined || second !== undefined
      ? []
      : [`\`millrace trace ${correlationId}${option}\` tells what became of it.`];
  const about =
    madeUpRecord === undefined || tamper !== undefined
      ? []
      : [`It is about ${madeUpRecord}, as the sample has it; --record names one that exists, where the flow reads it.`];
  return [answerTable(answers), ...about, ...next].join('\n');
}

function jsonOf({ url }: WebhookTarget, times: number, answers: readonly Answered[]): string {
  const correlationIds = answers.length === 1 ? answers.flatMap(({ correlationId }) => correlationId ?? []) : undefined;
  return JSON.stringify(
    { url, asked: times, sent: answers.length, answers: countAnswers(answers), correlationIds },
    null,
    2,
  );
}
