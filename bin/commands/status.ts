import { type Context, defineCommand, explain, type Given } from '../command.ts';
import { exitCodes, UsageError } from '../errors.ts';
import { localStage } from '../open-stage.ts';
import { stageOption } from '../options.ts';
import { paint } from '../paint.ts';
import { findingsOf } from '../status/findings.ts';
import { screenOf } from '../status/screen.ts';
import { createStatusReader, type StageStatus } from '../status/stage-status.ts';
import { statusToJson } from '../status/to-json.ts';

/** Between two looks. */
const everyMs = 2_000;

const options = {
  watch: { type: 'boolean', help: 'look again every two seconds, until Ctrl-C' },
  json: { type: 'boolean', help: 'print JSON, for scripts; with --watch one line for each look' },
  check: { type: 'boolean', help: `exit with ${exitCodes.unwell} where something critical is found` },
  ...stageOption,
} as const;

/** `millrace status` */
export const statusCommand = defineCommand({
  name: 'status',
  summary: 'how every flow and system does, on one screen',
  help: () => [
    'Shows what waits in the queues, what is late or parked, what is held or held back, budgets and token ages. What an',
    'alarm tells of stands out, and is named as the alarm is. Queued and in flight are estimates of SQS; the age of the',
    'oldest message comes from CloudWatch, which knows it to the minute, leaves out what was received more than three',
    'times, and is not there on an emulator: - is what nobody tells. JSON keeps its shape: fields are only ever added.',
  ],
  options,
  run: showStatus,
});

async function showStatus({ values }: Given<typeof options>, context: Context): Promise<number> {
  const { watch, json, check, stage: name = localStage } = values;
  if (watch && check) throw new UsageError('--check looks once, and --watch never ends. Give one of them.');
  const { integrations, terminal, openStage, now } = context;
  const read = createStatusReader(await openStage(name), name, integrations, now);
  if (watch) return watchStatus(read, json === true, context);
  const status = await read();
  terminal.print(json ? JSON.stringify(statusToJson(status), null, 2) : screenOf(status, terminal.columns));
  const isUnwell = findingsOf(status).some(({ level }) => level === 'critical');
  return check && isUnwell ? exitCodes.unwell : exitCodes.done;
}

/** Until Ctrl-C, which is how it ends well. What fails after the first look may be over at the next. */
async function watchStatus(read: () => Promise<StageStatus>, json: boolean, context: Context): Promise<number> {
  const { terminal, sleep } = context;
  let status = await read();
  return terminal.interruptible((stop) => {
    const stopped = new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve(), { once: true }));
    const show = async (draw: (text: string) => void) => {
      let failure: Error | undefined;
      while (!stop.aborted) {
        draw(json ? lineOf(status, failure) : screenWith(status, failure, terminal.columns));
        await sleep(everyMs, stop);
        if (stop.aborted) break;
        const looked = await Promise.race([lookAgain(read), stopped]);
        failure = looked instanceof Error ? looked : undefined;
        status = looked === undefined || looked instanceof Error ? status : looked;
      }
      return exitCodes.done;
    };
    return json ? show((line) => terminal.print(line)) : terminal.live(show);
  });
}

async function lookAgain(read: () => Promise<StageStatus>): Promise<StageStatus | Error> {
  try {
    return await read();
  } catch (error) {
    const told = explain(error);
    if (told === undefined) throw error;
    return told;
  }
}

function screenWith(status: StageStatus, failure: Error | undefined, columns: number | undefined): string {
  const screen = screenOf(status, columns);
  return failure === undefined
    ? screen
    : `${screen}\n\n${paint('critical', `Could not look again: ${failure.message}`)}`;
}

function lineOf(status: StageStatus, failure: Error | undefined): string {
  return JSON.stringify(failure === undefined ? statusToJson(status) : { error: failure.message });
}
