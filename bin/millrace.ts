#!/usr/bin/env node
/** The `millrace` command: finds the subcommand, runs it, and ends with its exit code. */
import { setTimeout } from 'node:timers/promises';
import { publicCertificates } from '../functions/connectors/http/public-certificates.ts';
import { integrations } from '../integrations/integrations.ts';
import { openStage } from './open-stage.ts';
import { runMillrace } from './run-millrace.ts';
import { processTerminal } from './terminal.ts';

const context = {
  terminal: processTerminal(),
  integrations,
  openStage: (name: string) => openStage(name, integrations),
  certificates: publicCertificates(),
  now: Date.now,
  // What ends a sleep early is seen by whoever asked for it.
  sleep: (ms: number, signal: AbortSignal) => setTimeout(ms, undefined, { signal }).catch(() => {}),
};

// `millrace parked list | head`: whoever read our output has gone. A command that listens, too, ends by itself.
process.stdout.on('error', () => {
  if (process.stdout.listenerCount('error') === 1) process.exit(0);
});
const code = await runMillrace(process.argv.slice(2), context);
// A pipe takes 64 KB at once: to exit at once would cut off the rest.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
