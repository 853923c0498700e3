import { parseArgs } from 'node:util';
import { invariants } from './checker.ts';
import type { Scenario } from './plan.ts';
import { failureOf, faultsOf, Tally, tableOf, traceOf } from './report.ts';
import { simulate } from './run.ts';
import { scenarios } from './scenarios/scenarios.ts';

const usage = `npm run simulate -- [--seeds N] [--only SCENARIO] [--seed N [--trace]]
  --seeds N        runs in all, dealt over the scenarios (default 1000)
  --only SCENARIO  this one only
  --seed N         this seed only; --trace prints it step by step`;

/** Failures that are told in full; more of them say little more. */
const mostFailures = 20;

interface Options {
  readonly chosen: readonly Scenario[];
  readonly seeds: readonly number[];
  readonly trace: boolean;
}

function optionsOf(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string', default: '1000' },
      only: { type: 'string' },
      seed: { type: 'string' },
      trace: { type: 'boolean', default: false },
    },
  });
  const chosen = scenarios.filter(({ name }) => values.only === undefined || name === values.only);
  const [count, seed] = [Number(values.seeds), Number(values.seed ?? 1)];
  if (chosen.length === 0 || !Number.isInteger(count) || !Number.isInteger(seed)) return undefined;
  const each = Math.ceil(count / chosen.length);
  const seeds = values.seed === undefined ? Array.from({ length: each }, (_, index) => index + 1) : [seed];
  return { chosen, seeds, trace: values.trace };
}

async function run({ chosen, seeds, trace }: Options): Promise<number> {
  const tallies: Tally[] = [];
  const began = performance.now();
  for (const scenario of chosen) {
    const tally = new Tally(scenario.name);
    tallies.push(tally);
    for (const seed of seeds) {
      const result = await simulate(scenario, seed);
      tally.add(result);
      if (trace) console.log(traceOf(result));
      if (seed % 10 === 0) progress(`${scenario.name}: ${seed} of ${seeds.length}`);
    }
  }
  progress('');
  console.log(tableOf(tallies));
  console.log(`Faults: ${faultsOf(tallies) || 'none'}`);
  console.log(`Checked after each run:\n${invariants.map((invariant) => `  ${invariant}`).join('\n')}`);
  const runs = tallies.reduce((total, tally) => total + tally.runs, 0);
  const seconds = (performance.now() - began) / 1000;
  console.log(`${runs} runs in ${seconds.toFixed(1)} s (${(runs / seconds).toFixed(0)} runs/s).`);
  const failed = tallies.flatMap((tally) => tally.failed);
  for (const failure of failed.slice(0, mostFailures)) console.log(failureOf(failure));
  if (failed.length > mostFailures) console.log(`... and ${failed.length - mostFailures} more.`);
  return failed.length;
}

/** One line that is written over; nothing where nobody watches. */
function progress(text: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r${text.padEnd(80)}\r`);
}

const options = optionsOf(process.argv.slice(2));
if (options === undefined) {
  console.error(`${usage}\nScenarios:\n${scenarios.map(({ name }) => `  ${name}`).join('\n')}`);
  process.exitCode = 2;
} else {
  process.exitCode = (await run(options)) > 0 ? 1 : 0;
}
