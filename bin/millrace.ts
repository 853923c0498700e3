#!/usr/bin/env node
/** The `millrace` command: finds the subcommand, runs it, and ends with its exit code. */

interface Command {
  readonly summary: string;
  /** Resolves to the exit code. */
  readonly run: (args: readonly string[]) => Promise<number>;
}

const commands: Readonly<Record<string, Command>> = {
  start: {
    summary: 'deploy everything to an AWS emulator on this machine, beside a simulated Salesforce and Stripe',
    run: async (args) => (await import('./commands/start.ts')).start(args),
  },
  pause: {
    summary: 'hold a flow, or every call to a system, in the pipeline that runs on this machine',
    run: async (args) => (await import('./commands/pause.ts')).pause(args),
  },
  resume: {
    summary: 'release it again',
    run: async (args) => (await import('./commands/resume.ts')).resume(args),
  },
};

const usage = [
  'Usage: millrace <command>',
  '',
  ...Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(8)}  ${summary}`),
  `  ${'help'.padEnd(8)}  show this`,
].join('\n');

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || ['help', '--help', '-h'].includes(name)) {
    console.log(usage);
    return name === undefined ? 2 : 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    console.error(`millrace: there is no command '${name}'.\n\n${usage}`);
    return 2;
  }
  return command.run(args);
}

process.exit(await main(process.argv.slice(2)));
