import { describe, expect, it } from 'vitest';
import type { RefreshRequest, TokenState } from '../../../functions/contract/tokens.ts';
import { earlyAfter, judgeRequest } from '../../../functions/engine/token-refresh.ts';

const rules = { waitMs: 30_000, settlingMs: 10_000, renewAfterMs: 60_000 };
const nowMs = 1_000_000_000;
const minutes = (count: number) => count * 60_000;

/** A token that was made so long ago, and is in force. */
const aged = (ageMs: number, differs: Partial<TokenState> = {}): TokenState => ({
  issuedMs: nowMs - ageMs,
  hash: 'current',
  early: 0,
  lease: undefined,
  refusal: undefined,
  generation: 1,
  ...differs,
});
const leaseOf = (holder: string, leftMs: number) => ({ lease: { holder, untilMs: nowMs + leftMs } });
const judge = (state: TokenState, request: RefreshRequest | undefined) =>
  judgeRequest(state, request, 'me', nowMs, rules);

const current = { refused: 'current' };
const another = { refused: 'another' };
const none = { refused: null };
const stored = { kind: 'stored', hash: 'current' };
const stands = { kind: 'stands' };
const settling = (waitMs: number) => ({ kind: 'wait', code: 'token-settling', waitMs });
const inProgress = (waitMs: number) => ({ kind: 'wait', code: 'refresh-in-progress', waitMs });

describe('judgeRequest', () => {
  it.each([
    ['the schedule, whatever there is', aged(0), undefined, 'refresh'],
    ['there was never a token', aged(0, { hash: undefined, issuedMs: undefined }), none, 'refresh'],
    ['nobody knows what the secret holds', aged(5, { hash: undefined }), another, 'refresh'],
    ['it has ended', aged(minutes(1)), current, 'refresh'],
    ['it is refused in its first minute', aged(minutes(1) - 1), current, stands],
    ['as soon as it has settled', aged(10_000), current, stands],
    ['it may not be known everywhere', aged(9_999), current, settling(1)],
    ['the clock of who made it is ahead', aged(-500), current, settling(10_500)],
    ['it was replaced', aged(minutes(1) - 1), another, stored],
    ['a reader shows none yet', aged(1), none, stored],
    ['a reader goes on showing another one', aged(minutes(1)), another, 'refresh'],
  ] as const)('%s', (_what, state, request, expected) => {
    expect(judge(state, request)).toEqual(expected);
  });

  it.each([undefined, current, another, none])('nobody but its holder refreshes under a lease: %j', (request) => {
    expect(judge(aged(minutes(40), leaseOf('somebody', 1)), request)).toEqual(inProgress(1));
    expect(judge(aged(minutes(40), leaseOf('somebody', 30_000)), request)).toEqual(inProgress(2_000));
    expect(judge(aged(0, leaseOf('me', 30_000)), request)).toBe('refresh');
  });

  it.each([undefined, current, another, none])('a lease that nobody gave back: %j refreshes', (request) => {
    expect(judge(aged(0, leaseOf('somebody', 0)), request)).toBe('refresh');
  });

  it.each([
    [0, minutes(1)],
    [1, minutes(2)],
    [3, minutes(8)],
    [4, minutes(15)],
    [60, minutes(15)],
  ])('after %d tokens that were refused early, a refusal stands for %d ms', (early, standsMs) => {
    expect(judge(aged(standsMs - 1, { early }), current)).toEqual(stands);
    expect(judge(aged(standsMs, { early }), current)).toBe('refresh');
  });

  it('a stage may do without both waits', () => {
    const hasty = { ...rules, settlingMs: 0, renewAfterMs: 0 };

    expect(judgeRequest(aged(0, { early: 9 }), current, 'me', nowMs, hasty)).toBe('refresh');
    expect(earlyAfter(aged(0), current, nowMs, hasty)).toBe(0);
  });
});

describe('earlyAfter', () => {
  it.each([
    ['one that was refused soon', aged(minutes(2) - 1, { early: 0 }), current, 1],
    ['another one', aged(minutes(16) - 1, { early: 3 }), current, 4],
    ['one that lived twice as long', aged(minutes(2), { early: 0 }), current, 0],
    ['one that lived long, after others that did not', aged(minutes(30), { early: 7 }), current, 0],
    ['one that is replaced on schedule', aged(minutes(45), { early: 2 }), undefined, 2],
    ['one that was not refused', aged(minutes(1), { early: 2 }), another, 2],
  ] as const)('counts %s', (_what, state, request, expected) => {
    expect(earlyAfter(state, request, nowMs, rules)).toBe(expected);
  });
});
