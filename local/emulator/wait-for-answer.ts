import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { setTimeout } from 'node:timers/promises';
import { LocalError } from '../local-error.ts';

/** How long a server may take to come up, in milliseconds. */
const patienceMs = 30_000;

/**
 * Waits until a server answers HTTP, with any status.
 * @throws {LocalError} where it doesn't within 30 s, with the last failure; `what` names the server.
 */
export async function waitForAnswer(url: string, what: string, caFile: string, signal: AbortSignal): Promise<void> {
  const ca = await readFile(caFile, 'utf8');
  const deadline = Date.now() + patienceMs;
  for (;;) {
    signal.throwIfAborted();
    const failure = await failureOf(url, ca);
    if (failure === undefined) return;
    if (Date.now() > deadline) throw new LocalError(`${what} doesn't answer: ${failure}.`);
    await setTimeout(50);
  }
}

function failureOf(url: string, ca: string): Promise<string | undefined> {
  const open = url.startsWith('https:') ? https.request : http.request;
  return new Promise((resolve) => {
    const call = open(url, { ca, agent: false, timeout: 5_000 }, (response) => {
      response.resume();
      resolve(undefined);
    });
    call.on('timeout', () => call.destroy(new Error('no answer within 5 s')));
    call.on('error', (error) => resolve(error.message));
    call.end();
  });
}
