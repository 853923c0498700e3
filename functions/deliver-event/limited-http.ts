import type { Http, HttpRequest, HttpResponse } from '../connectors/connector.ts';
import { retryAfterMs } from '../connectors/http/failures.ts';
import type { Telemetry } from '../contract/telemetry.ts';
import type { Limiter } from './limiter.ts';

/** A call waits here for its turn no longer than this, in milliseconds: what must wait longer waits in the queue. */
const mostPatienceMs = 1_000;

export interface LimitedServices {
  readonly system: string;
  readonly limiter: Limiter;
  readonly telemetry: Telemetry;
  now(): number;
}

/** Makes calls to one system within its limits, one permit a call, and learns from what its answers tell of them. */
export function limitedHttp(http: Http, services: LimitedServices): Http {
  const { limiter, now } = services;
  return async (request) => {
    const { trafficClass = 'live', timeoutMs } = request;
    if (timeoutMs <= 0) return { kind: 'no-response', code: 'out-of-time' };
    const beganMs = now();
    const deferral = await limiter.permit({ trafficClass, patienceMs: Math.min(mostPatienceMs, timeoutMs / 2) });
    if (deferral !== undefined) return { kind: 'no-response', code: deferral.code, retryAfterMs: deferral.waitMs };
    return learning(http, { ...request, timeoutMs: timeoutMs - (now() - beganMs) }, services);
  };
}

async function learning(http: Http, request: HttpRequest, services: LimitedServices) {
  const response = await http(request);
  if (response.kind === 'response') await learn(response, request, services);
  return response;
}

/** What the answer said stands, whether or not the table can be told of it. */
async function learn(response: HttpResponse, { readLimits }: HttpRequest, services: LimitedServices): Promise<void> {
  const { limiter, telemetry, system, now } = services;
  const { usage, refused } = readLimits?.(response) ?? {};
  const waitMs = refused === 'rate' ? retryAfterMs(response.headers['retry-after'], now()) : undefined;
  try {
    if (usage !== undefined) await limiter.budget.reported(usage);
    if (refused === 'quota') await limiter.budget.refused();
    if (waitMs !== undefined) await limiter.holdFor(waitMs);
  } catch (error) {
    telemetry.warn('limits not told', { system }, error);
  }
}
