import { createHealth } from '../functions/state/health.ts';
import type { Context } from './command.ts';
import { exitCodes } from './errors.ts';
import { describeSwitch, readSwitch, type Switchboard } from './holds.ts';
import { localStage } from './open-stage.ts';
import { findPart, type Integration, type Part, partsOf } from './parts.ts';
import { tableOf } from './tables.ts';

/** One of the two ways in which a switch is thrown. */
export interface SwitchChange {
  change(part: Part, board: Switchboard): Promise<void>;
  /** What happens to events from now on. */
  readonly consequence: string;
  /** Why nothing does, where the part stays as it was. */
  readonly unchanged: string;
}

/** Throws one part's switch in a running pipeline; resolves to the exit code. */
export async function switchPart(
  name: string,
  stage: string | undefined,
  context: Context,
  { change, consequence, unchanged }: SwitchChange,
): Promise<number> {
  const parts = partsOf(context.integrations);
  const part = findPart(name, parts);
  const { table } = await context.openStage(stage ?? localStage);
  const boardOf = (integration: string) => createHealth(table, integration);
  const read = () =>
    Promise.all(parts.map(async (each) => describeSwitch(await readSwitch(each, boardOf(each.integration)))));
  const before = await read();
  await change(part, boardOf(part.integration));
  const after = await read();
  const changed = after.some((words, index) => words !== before[index]);
  context.terminal.print(`${switchTable(parts, before, after)}\n\n${changed ? consequence : unchanged}`);
  return exitCodes.done;
}

/** What there is to switch, for the help. */
export function partLines(integrations: readonly Integration[]): string[] {
  const parts = partsOf(integrations);
  const names = (kind: Part['kind']) => parts.filter((part) => part.kind === kind).map(({ name }) => name);
  return [`Flows:    ${names('flow').join(', ')}`, `Systems:  ${names('system').join(', ')}`];
}

/** What is held, before and after; what changed stands out by an arrow. */
export function switchTable(parts: readonly Part[], before: readonly string[], after: readonly string[]): string {
  const rows = parts.map(({ name, kind }, index) => {
    const [was = '', is = ''] = [before[index], after[index]];
    return [was === is ? '' : '->', name, kind, was, is];
  });
  return tableOf(['', 'Flow or system', 'Kind', 'Before', 'After'], rows);
}
