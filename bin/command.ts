import { parseArgs } from 'node:util';
import type { Certificates } from '../functions/contract/certificates.ts';
import { ContendedError } from '../functions/engine/contended.ts';
import { LocalError } from '../local/local-error.ts';
import { explainAwsError } from './aws-errors.ts';
import type { OpenStage } from './connect-stage.ts';
import { CommandError, exitCodes, UsageError } from './errors.ts';
import type { Integration } from './parts.ts';
import type { Terminal } from './terminal.ts';

/** What commands act on, and how they talk to whoever typed them. */
export interface Context {
  readonly terminal: Terminal;
  readonly integrations: readonly Integration[];
  /** @throws {CommandError} where the stage can't be had: whoever typed the command must act. */
  openStage(name: string): Promise<OpenStage>;
  /** What some schemes prove a sender's key by. */
  readonly certificates: Certificates;
  /** Unix milliseconds. */
  now(): number;
  /** Ends early, without an error, when the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** A command, or a group of them, as `millrace` finds it. */
export interface Command {
  /** As it is typed: `parked list`. */
  readonly name: string;
  readonly summary: string;
  /** The commands of a group. */
  readonly members?: readonly Command[];
  usage(context: Context): string;
  /** Resolves to the exit code. */
  run(args: readonly string[], context: Context): Promise<number>;
}

interface Option {
  readonly type: 'string' | 'boolean';
  /** May be given several times: its values are a list. */
  readonly multiple?: boolean;
  /** What stands for its value in the usage: `F` */
  readonly value?: string;
  readonly help: string;
}

type Options = Readonly<Record<string, Option>>;

type Values<Known extends Options> = ReturnType<
  typeof parseArgs<{ options: Known; allowPositionals: true; tokens: true }>
>['values'];

/** What was typed after the command's name. */
export interface Given<Known extends Options> {
  /** The first word that is no option; empty where it was left out. */
  readonly word: string;
  /** The second one; empty where it was left out. */
  readonly secondWord: string;
  readonly values: Values<Known>;
}

interface Word {
  readonly name: string;
  readonly required: boolean;
}

export interface CommandSpec<Known extends Options> {
  readonly name: string;
  readonly summary: string;
  /** What follows the name, where it is more than the options: `ID | --key K | --all`. */
  readonly synopsis?: string;
  /** The words it takes, if any, as `synopsis` calls them. */
  readonly word?: Word;
  readonly secondWord?: Word;
  /** What it does, and what it does not: lines of the help. */
  help(context: Context): readonly string[];
  readonly options: Known;
  run(given: Given<Known>, context: Context): Promise<number>;
}

/** Makes a command of its description: arguments are checked and `--help` is answered before it runs. */
export function defineCommand<const Known extends Options>(spec: CommandSpec<Known>): Command {
  const { name, summary } = spec;
  const usage = (context: Context) => usageOf(spec, context);
  return {
    name,
    summary,
    usage,
    async run(args, context) {
      if (asksForHelp(args)) {
        context.terminal.print(usage(context));
        return exitCodes.done;
      }
      return spec.run(given(spec, args), context);
    },
  };
}

/**
 * Runs a command and ends well: whatever can be mended is told without a stack trace.
 * @returns the exit code.
 */
export async function runCommand(command: Command, args: readonly string[], context: Context): Promise<number> {
  try {
    return await command.run(args, context);
  } catch (error) {
    const { terminal } = context;
    const told = explain(error);
    if (told === undefined) throw error;
    terminal.complain(`millrace ${command.name}: ${told.message}`);
    if (told instanceof UsageError) {
      const [synopsis] = command.usage(context).split('\n');
      terminal.complain(`${synopsis}\n\`millrace ${command.name} --help\` tells more.`);
    }
    return told instanceof CommandError ? told.exitCode : exitCodes.failed;
  }
}

/** What can be told without a stack trace: our own errors say what to do, and a bug is of another kind. */
export function explain(error: unknown): Error | undefined {
  if (error instanceof CommandError || error instanceof LocalError) return error;
  const isTold = error instanceof ContendedError || (error instanceof Error && error.name === 'Error');
  return explainAwsError(error) ?? (isTold ? error : undefined);
}

export function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? args.length : end).some((arg) => arg === '--help' || arg === '-h');
}

function given<const Known extends Options>(spec: CommandSpec<Known>, args: readonly string[]): Given<Known> {
  const { values, positionals, tokens } = parsed(spec.options, args);
  const named = tokens.flatMap((token) => (token.kind === 'option' ? [token] : []));
  const once = named.filter(({ name }) => spec.options[name]?.multiple !== true);
  const twice = once.find(({ name }, index) => once.findIndex((other) => other.name === name) < index);
  if (twice !== undefined) throw new UsageError(`${twice.rawName} was given twice. Give it once.`);
  const empty = named.find(({ value }) => value === '');
  if (empty !== undefined) throw new UsageError(`${empty.rawName} is empty. Give it a value, or leave it out.`);
  const words = [spec.word, spec.secondWord].flatMap((word) => word ?? []);
  const surplus = positionals[words.length];
  if (surplus !== undefined) throw new UsageError(`'${surplus}' is too much. Quote what has spaces in it.`);
  const missing = words.find(({ required }, index) => required && !positionals[index]);
  if (missing !== undefined) throw new UsageError(`${missing.name} is missing.`);
  const [word = '', secondWord = ''] = positionals;
  return { word, secondWord, values };
}

function parsed<const Known extends Options>(options: Known, args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, tokens: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_')) {
      throw new UsageError(error.message.replace(/\.?$/, '.'));
    }
    throw error;
  }
}

type Usage = Pick<CommandSpec<Options>, 'name' | 'synopsis' | 'word' | 'help' | 'options'>;

function usageOf({ name, synopsis, word, help, options }: Usage, context: Context): string {
  const flagOf = (option: string, { value }: Option) => `--${option}${value === undefined ? '' : ` ${value}`}`;
  const known = Object.entries(options);
  const inSynopsis = synopsis ?? word?.name ?? '';
  const optional = known
    .filter(([option]) => !inSynopsis.includes(`--${option}`))
    .map(([option, each]) => `[${flagOf(option, each)}]${each.multiple ? '...' : ''}`);
  const width = Math.max(...known.map(([option, each]) => flagOf(option, each).length), '--help'.length);
  const explained = [...known, ['help', { help: 'show this', type: 'boolean' }] as const];
  return [
    ['Usage: millrace', name, inSynopsis, ...optional].filter((part) => part !== '').join(' '),
    '',
    ...help(context),
    '',
    ...explained.map(([option, each]) => `  ${flagOf(option, each).padEnd(width)}  ${each.help}`),
  ].join('\n');
}
