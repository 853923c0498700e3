import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { LocalError } from '../../local/local-error.ts';
import { createProcesses } from '../../local/processes/processes.ts';
import { terminalSteps } from '../../local/steps.ts';
import { isFailure } from './compare.ts';
import { playBoth } from './endpoint/play.ts';
import { Resources } from './endpoint/resources.ts';
import { reportOf } from './report.ts';
import { script } from './script/script.ts';
import { playSystems, systemScript } from './systems/play-both.ts';
import { openAws, openLocal, type Target } from './targets.ts';

const usage = `npm run models [-- [--endpoint URL | --aws [--yes]] [--slow]]
Plays one script of calls to the models of SQS and DynamoDB that the simulation runs on, and to the real thing: by default
to an emulator of its own, which it starts and stops. Plays another to the models of Stripe and Salesforce, and to the
simulated ones of npm start.
  --endpoint URL  to what listens there, on this machine
  --aws           to AWS, with queues and a table that it makes and deletes; --yes: without asking
  --slow          also what takes five minutes`;

/** Deleting what was made is given up after this long, in milliseconds: a table takes its time. */
const stopLimitMs = 90_000;

interface Options {
  readonly endpoint: string | undefined;
  readonly aws: boolean;
  readonly yes: boolean;
  readonly slow: boolean;
}

const showStep = terminalSteps(process.stdout.isTTY);
const processes = createProcesses();
process.once('exit', () => processes.killAll());
const { signal, abort } = stoppable();

const options = readOptions(process.argv.slice(2));
if (options === undefined) {
  console.error(usage);
  process.exit(2);
}
try {
  process.exitCode = await run(options);
} catch (error) {
  if (signal.aborted && error === signal.reason) console.error('Stopped; nothing that was made is left.');
  else console.error(error instanceof LocalError ? error.message : error);
  process.exitCode = 1;
}
// What keeps alive is only idle connections.
process.exit();

function stoppable() {
  const stopping = new AbortController();
  const stop = () => {
    stopping.abort();
    setTimeout(() => process.exit(1), stopLimitMs).unref();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, stop);
  return { signal: stopping.signal, abort: stop };
}

function readOptions(args: string[]): Options | undefined {
  const flag = { type: 'boolean', default: false } as const;
  const known = { endpoint: { type: 'string' }, aws: flag, yes: flag, slow: flag } as const;
  try {
    const { endpoint, ...flags } = parseArgs({ args, options: known }).values;
    return flags.aws && endpoint !== undefined ? undefined : { endpoint, ...flags };
  } catch {
    return undefined;
  }
}

async function run({ endpoint: url, aws, yes, slow }: Options): Promise<number> {
  const env = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value ? [[name, value]] : [])),
  );
  const target = aws ? await openAws(env) : await openLocal({ url, env, processes, signal, showStep });
  const resources = new Resources(target);
  if (aws && !yes && !(await agrees(`${resources.prefix}-*, in ${target.name}`))) return 1;
  try {
    const compared = await playScript(target, resources, slow);
    const systems = [];
    for (const one of systemScript) systems.push(await playSystems(one));
    console.log(`SQS and DynamoDB: the models, and ${target.name}\n${reportOf('endpoint', compared)}\n`);
    console.log(`Stripe and Salesforce: the models, and the simulated ones\n${reportOf('simulated', systems)}`);
    return [...compared, ...systems].some(isFailure) ? 1 : 0;
  } finally {
    await close(target, resources);
  }
}

function playScript(target: Target, resources: Resources, slow: boolean) {
  return showStep(`Play the script to ${target.name}`, (say) => {
    let done = 0;
    const tell = (name: string) => {
      done += 1;
      say(`${done} of ${script.length}: ${name}`);
    };
    const told = once(signal, 'abort').then(() => Promise.reject(signal.reason));
    return Promise.race([playBoth(script, target, resources, { isKnown: target.isKnown, slow, tell }), told]);
  });
}

async function close(target: Target, resources: Resources): Promise<void> {
  try {
    await resources.close();
  } catch (error) {
    throw new LocalError(`Not all that is called ${resources.prefix}* could be deleted from ${target.name}: ${error}.`);
  } finally {
    await target.close();
  }
}

/** Asks whether this may be made; without a terminal nobody can say so. */
async function agrees(what: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    console.error(`It would make queues and a table called ${what}. Add --yes to let it.`);
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  terminal.on('SIGINT', abort);
  const question = `Makes queues and a table called ${what}, and deletes them at the end (some cents). Go on? [y/N] `;
  const answer = await terminal.question(question, { signal }).catch(() => '');
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
