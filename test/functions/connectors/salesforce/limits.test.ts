import { describe, expect, it } from 'vitest';
import type { HttpResponse } from '../../../../functions/connectors/connector.ts';
import { readSalesforceLimits } from '../../../../functions/connectors/salesforce/limits.ts';

const answer = (differs: Partial<HttpResponse> = {}): HttpResponse => ({
  kind: 'response',
  status: 200,
  headers: {},
  body: '{}',
  ...differs,
});
const told = (header: string) => ({ 'sforce-limit-info': header });
const limitExceeded = JSON.stringify([
  { message: 'TotalRequests Limit exceeded.', errorCode: 'REQUEST_LIMIT_EXCEEDED' },
]);

describe("what Salesforce tells of the day's calls", () => {
  it.each([
    'api-usage=10018/100000',
    'api-usage=10018/100000; api-bursts=1/750',
    'api-bursts=1/750;api-usage=10018/100000',
    'api-usage=10018/100000; per-app-api-usage=17/250(appName=sample-app)',
    'per-app-api-usage=17/250(appName=sample-app), api-usage=10018/100000',
    'API-Usage = 10018/100000',
  ])('is read from %j', (header) => {
    expect(readSalesforceLimits(answer({ headers: told(header) }))).toEqual({ usage: { used: 10_018, max: 100_000 } });
  });

  it.each([
    '',
    'api-usage=',
    'api-usage=1',
    'per-app-api-usage=17/250(appName=a)',
    'api-bursts=1/750',
    'api-usage=5/0',
  ])('is nothing in %j', (header) => {
    expect(readSalesforceLimits(answer({ headers: told(header) })).usage).toBeUndefined();
  });

  it('is read from a refusal, too', () => {
    const refusal = answer({ status: 403, headers: told('api-usage=100004/100000'), body: limitExceeded });

    expect(readSalesforceLimits(refusal)).toEqual({ usage: { used: 100_004, max: 100_000 }, refused: 'quota' });
  });
});

describe('a refusal of Salesforce', () => {
  it.each([
    ['the quota, by its code', { status: 403, body: limitExceeded }, 'quota'],
    [
      'too many at once: the quota is not used up',
      { status: 403, body: limitExceeded, headers: told('api-usage=5/100000') },
      undefined,
    ],
    ['too many lately', { status: 429 }, 'rate'],
    ['a right that is missing', { status: 403, body: '[{"errorCode":"INSUFFICIENT_ACCESS"}]' }, undefined],
    ['a locked row', { status: 400, body: '[{"errorCode":"UNABLE_TO_LOCK_ROW"}]' }, undefined],
    ['a text that is no JSON', { status: 403, body: '<html>REQUEST_LIMIT_EXCEEDED</html>' }, undefined],
    ['an outage', { status: 503 }, undefined],
  ] as const)('%s', (_what, differs, refused) => {
    expect(readSalesforceLimits(answer(differs)).refused).toBe(refused);
  });
});
