import * as v from 'valibot';
import type { HttpResponse, LimitSignals } from '../connector.ts';

const quotaSpent = v.pipe(
  v.string(),
  v.parseJson(),
  v.tupleWithRest([v.looseObject({ errorCode: v.literal('REQUEST_LIMIT_EXCEEDED') })], v.unknown()),
);

/**
 * Every answer tells the org's calls of the last 24 hours, by whomever they were made:
 * `Sforce-Limit-Info: api-usage=10018/100000; api-bursts=1/750` (REST API guide, "Limit Info Header"). An org that has too
 * many calls at work at once refuses by the same code as one whose day's calls are used: the header tells them apart.
 */
export function readSalesforceLimits(response: HttpResponse): LimitSignals {
  const usage = readUsage(response.headers['sforce-limit-info']);
  if (response.status === 429) return { usage, refused: 'rate' };
  const isSpent = response.status === 403 && v.is(quotaSpent, response.body);
  return { usage, refused: isSpent && (usage === undefined || usage.used >= usage.max) ? 'quota' : undefined };
}

function readUsage(header = ''): LimitSignals['usage'] {
  const [, used, max] = /(?:^|[;,])\s*api-usage\s*=\s*(\d+)\/(\d+)/i.exec(header) ?? [];
  return Number(max) > 0 ? { used: Number(used), max: Number(max) } : undefined;
}
