import { type Command, type Context, runCommand } from './command.ts';
import { exitCodeHelp, exitCodes } from './errors.ts';
import { nearestTo, orOf } from './nearest.ts';

type Load = () => Promise<Command>;

/** Every command, in the order in which the help shows them; each file is read only when it is needed. */
const groups: Readonly<Record<string, Readonly<Record<string, Load>>>> = {
  'Run everything on this machine': {
    start: async () => (await import('./commands/start.ts')).startCommand,
  },
  'See how it does': {
    status: async () => (await import('./commands/status.ts')).statusCommand,
    trace: async () => (await import('./commands/trace.ts')).traceCommand,
  },
  'Connect a sender': {
    verify: async () => (await import('./commands/verify.ts')).verifyCommand,
    send: async () => (await import('./commands/send.ts')).sendCommand,
  },
  'Hold and let go': {
    pause: async () => (await import('./commands/pause.ts')).pauseCommand,
    resume: async () => (await import('./commands/resume.ts')).resumeCommand,
  },
  'Parked events: what left its queue without being delivered': {
    parked: async () => (await import('./commands/parked.ts')).parkedCommand,
    park: async () => (await import('./commands/park.ts')).parkCommand,
  },
  'Replace a secret': {
    rotate: async () => (await import('./commands/rotate.ts')).rotateCommand,
  },
};

const commands: Readonly<Record<string, Load>> = Object.assign({}, ...Object.values(groups));

/** Runs what was typed after `millrace`; resolves to the exit code. */
export async function runMillrace([name, ...args]: readonly string[], context: Context): Promise<number> {
  const { terminal } = context;
  if (name === undefined || ['help', '--help', '-h'].includes(name)) {
    // `millrace help pause` is `millrace pause --help`.
    const [of] = args;
    if (of !== undefined) return runMillrace([...args, '--help'], context);
    terminal.print(await help());
    return name === undefined ? exitCodes.usage : exitCodes.done;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load !== undefined) return runCommand(await load(), args, context);
  const meant = orOf(nearestTo(name, Object.keys(commands)));
  terminal.complain(`millrace: There is no command '${name}'. Did you mean ${meant}? 'millrace help' shows them all.`);
  return exitCodes.usage;
}

async function help(): Promise<string> {
  const loaded = await Promise.all(
    Object.entries(groups).map(async ([title, members]) => {
      const each = await Promise.all(Object.values(members).map((load) => load()));
      return { title, each: each.flatMap((command) => command.members ?? [command]) };
    }),
  );
  const width = Math.max(...loaded.flatMap(({ each }) => each.map(({ name }) => name.length)));
  return [
    'Usage: millrace COMMAND',
    ...loaded.flatMap(({ title, each }) => [
      '',
      title,
      ...each.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    ]),
    '',
    '`millrace COMMAND --help` tells more of each.',
    '',
    'Exit codes',
    ...exitCodeHelp.map(([code, meaning]) => `  ${String(code).padEnd(width)}  ${meaning}`),
  ].join('\n');
}
