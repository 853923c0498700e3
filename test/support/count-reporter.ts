import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** How many tests ended which way; what failed to load, or broke outside of any test, counts as failed. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** `12 passed, 0 failed`, and `, 1 skipped` only where there is one. */
export function formatCounts({ passed, failed, skipped }: Counts): string {
  const line = `${passed} passed, ${failed} failed`;
  return skipped === 0 ? line : `${line}, ${skipped} skipped`;
}

/** Counts the tests of all modules, and whatever else went wrong. */
export function countTests(modules: readonly TestModule[], unhandled: readonly SerializedError[]): Counts {
  const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
  const counted = (state: string) => states.filter((each) => each === state).length;
  // A module or a suite has errors of its own where it failed to load, or a hook of it threw.
  const broken = modules.filter((module) => {
    const suites = [...module.children.allSuites()];
    return [module, ...suites].some((each) => each.errors().length > 0);
  });
  return {
    passed: counted('passed'),
    failed: counted('failed') + broken.length + unhandled.length,
    // One that never got a result, as its run was cut short, is not one that passed.
    skipped: counted('skipped') + counted('pending'),
  };
}

/** Prints the counts as the very last line of a run. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const line = formatCounts(countTests(modules, unhandled));
    // After the other reporters' summary, and after whatever teardown prints.
    process.once('exit', () => process.stdout.write(`${line}\n`));
  }
}
