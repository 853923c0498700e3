import Table from 'cli-table3';
import { createHealth } from '../functions/state/health.ts';
import { integrations } from '../integrations/integrations.ts';
import { LocalError } from '../local/local-error.ts';
import { describeSwitch, readSwitch, type Switchboard } from './holds.ts';
import { findPart, type Part, partsOf } from './parts.ts';
import { localFolder, openLocalStateTable } from './running-pipeline.ts';

/** One of the two ways in which a switch is thrown. */
export interface SwitchCommand {
  /** `pause` */
  readonly verb: string;
  /** What it does, and what it does not: lines of the help. */
  readonly help: readonly string[];
  change(part: Part, board: Switchboard): Promise<void>;
  /** What happens to events from now on. */
  readonly consequence: string;
  /** Why nothing does, where the part stays as it was. */
  readonly unchanged: string;
}

/** Throws one part's switch in the pipeline that runs on this machine; resolves to the exit code. */
export async function switchPart(
  command: SwitchCommand,
  args: readonly string[],
  folder: string = localFolder,
): Promise<number> {
  const parts = partsOf(integrations);
  const usage = usageOf(command, parts);
  const [name, ...rest] = args;
  if (name !== undefined && ['--help', '-h'].includes(name)) {
    console.log(usage);
    return 0;
  }
  if (name === undefined || rest.length > 0 || name.startsWith('-')) {
    console.error(usage);
    return 2;
  }
  const found = findPart(name, parts);
  if (found.part === undefined) {
    console.error(
      `millrace ${command.verb}: '${name}' names no single flow or system. Did you mean ${orOf(found.meant)}?`,
    );
    return 2;
  }
  try {
    console.log(await throwSwitch(command, found.part, parts, folder));
    return 0;
  } catch (error) {
    if (!(error instanceof LocalError)) throw error;
    console.error(`millrace ${command.verb}: ${error.message}`);
    return 1;
  }
}

async function throwSwitch(command: SwitchCommand, part: Part, parts: readonly Part[], folder: string) {
  const table = await openLocalStateTable(folder);
  const boardOf = (integration: string) => createHealth(table, integration);
  const read = () =>
    Promise.all(parts.map(async (each) => describeSwitch(await readSwitch(each, boardOf(each.integration)))));
  const before = await read();
  await command.change(part, boardOf(part.integration));
  const after = await read();
  const changed = after.some((words, index) => words !== before[index]);
  return `${switchTable(parts, before, after)}\n\n${changed ? command.consequence : command.unchanged}`;
}

/** What is held, before and after; what changed stands out by an arrow. */
export function switchTable(parts: readonly Part[], before: readonly string[], after: readonly string[]): string {
  const table = new Table({
    head: ['', 'Flow or system', 'Kind', 'Before', 'After'],
    style: { head: [], border: [], compact: true },
  });
  for (const [index, { name, kind }] of parts.entries()) {
    const [was = '', is = ''] = [before[index], after[index]];
    table.push([was === is ? '' : '->', name, kind, was, is]);
  }
  return table.toString();
}

function usageOf({ verb, help }: SwitchCommand, parts: readonly Part[]): string {
  const names = (kind: Part['kind']) => parts.filter((part) => part.kind === kind).map(({ name }) => name);
  return [
    `Usage: millrace ${verb} FLOW|SYSTEM`,
    '',
    ...help,
    'It acts on the pipeline that npm start runs on this machine; it can not act on a deployed stage yet.',
    '',
    `Flows:    ${names('flow').join(', ')}`,
    `Systems:  ${names('system').join(', ')}`,
  ].join('\n');
}

function orOf(names: readonly string[]): string {
  const quoted = names.map((name) => `'${name}'`);
  return quoted.length < 2 ? quoted.join() : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}
