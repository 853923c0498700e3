import type { Meter } from './meter.ts';

/** us-east-1, on demand, without the free tier; in dollars. */
const prices = {
  /** FIFO, per million requests. */
  sqsRequests: 0.5,
  /** Per million requests. */
  lambdaRequests: 0.2,
  /** arm64, per GB-second. */
  lambdaGbSecond: 0.0000133334,
  /** Per million units, on demand. */
  writeUnits: 0.625,
  readUnits: 0.125,
};

const functionGb = 0.5;
const million = 1_000_000;

/** One kind of counted call, per million events. */
export interface Cost {
  readonly what: string;
  readonly count: number;
  readonly dollars: number;
}

/** What a million events would cost, as counted; the last line is the total. */
export function costsOf({ sqsRequests, invocations, billedMs, writeUnits, readUnits }: Meter, events: number): Cost[] {
  const perMillion = (count: number) => (count / events) * million;
  const priced = (what: string, count: number, price: number) => ({
    what,
    count: perMillion(count),
    dollars: (perMillion(count) / million) * price,
  });
  const gbSeconds = (billedMs / 1000) * functionGb;
  const costs = [
    priced('SQS requests', sqsRequests, prices.sqsRequests),
    priced('Lambda requests', invocations, prices.lambdaRequests),
    priced('Lambda GB-seconds', gbSeconds, prices.lambdaGbSecond * million),
    priced('DynamoDB write units', writeUnits, prices.writeUnits),
    priced('DynamoDB read units', readUnits, prices.readUnits),
  ];
  const dollars = costs.reduce((total, cost) => total + cost.dollars, 0);
  return [...costs, { what: 'total', count: Number.NaN, dollars }];
}
