import { defineConfig } from 'vitest/config';
import ByName from './test/support/by-name.ts';

/** Minutes to milliseconds. */
const minutes = (count: number) => count * 60_000;

export default defineConfig({
  test: {
    // The counts come last: whoever reads only the last line must not be misled.
    reporters: ['default', './test/support/count-reporter.ts'],
    sequence: { sequencer: ByName },
    // Stopping the emulator and everything beside it.
    teardownTimeout: 30_000,
    projects: [
      {
        test: {
          name: 'check',
          include: ['test/**/*.test.ts'],
          exclude: ['test/promises/**', 'test/bench/**'],
          testTimeout: 30_000,
          // Every core, before the promises begin: they mostly wait, one after the other.
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'promises',
          include: ['test/promises/*.test.ts'],
          globalSetup: ['./test/support/pipeline-setup.ts'],
          // All of them share one deployed pipeline.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: minutes(1),
          hookTimeout: minutes(4),
        },
      },
    ],
  },
});
