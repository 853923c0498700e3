import type { CallLog } from './call-log.ts';
import type { FaultRequest } from './fault-request.ts';
import type { FaultInjector } from './faults.ts';
import type { SimulatedResponse } from './http-server.ts';

/** What steers a simulation rather than being simulated; it works while the system is down. */
export interface Controls {
  faults: FaultInjector;
  readFault: (body: string) => FaultRequest;
  calls: CallLog;
}

/** Whether a path steers the simulation; such calls are neither recorded nor hit by a fault. */
export const isControlPath = (path: string) => path === '/_faults' || path === '/_calls';

/** Answers `/_faults` and `/_calls`. */
export function answerControl(
  { faults, readFault, calls }: Controls,
  { method, path, body }: { method: string; path: string; body: string },
): SimulatedResponse {
  if (path === '/_calls') return method === 'GET' ? { status: 200, body: calls.all() } : notAllowed('GET');

  if (method === 'GET') return { status: 200, body: faults.active() };
  if (method === 'DELETE') {
    faults.clear();
    return { status: 200, body: [] };
  }
  if (method !== 'POST') return notAllowed('GET, POST, DELETE');

  const request = readFault(body);
  if (!('fault' in request)) {
    return { status: 400, body: { ...request, error: `Field "${request.field}" is wrong: ${request.remedy}.` } };
  }
  faults.add(request.fault);
  return { status: 201, body: faults.active() };
}

const notAllowed = (allow: string): SimulatedResponse => ({
  status: 405,
  headers: { allow },
  body: { error: `Send one of ${allow}.` },
});
