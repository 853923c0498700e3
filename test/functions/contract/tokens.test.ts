import { describe, expect, it } from 'vitest';
import { issuedMsOf, parseRefreshAnswer, parseRefreshRequest } from '../../../functions/contract/tokens.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('parseRefreshRequest', () => {
  it.each([{ refused: 'ab' }, { refused: null }])('reads %j', (event) => {
    expect(parseRefreshRequest(event)).toEqual(event);
  });

  it.each([{}, { refused: 1 }, { version: '0', 'detail-type': 'Scheduled Event' }, null, undefined, 'refused'])(
    'takes %j for no request of a delivery',
    (event) => {
      expect(parseRefreshRequest(event)).toBeUndefined();
    },
  );
});

describe('parseRefreshAnswer', () => {
  it.each([{ kind: 'stored', hash: 'ab' }, { kind: 'wait', code: 'token-settling', waitMs: 5 }, { kind: 'stands' }])(
    'reads %j',
    (answer) => {
      expect(parseRefreshAnswer(bytes(JSON.stringify(answer)))).toEqual(answer);
    },
  );

  it.each(['', 'null', '{}', '{"kind":"stored"}', '{"kind":"wait","code":"other","waitMs":1}'])(
    'takes %j for none',
    (text) => {
      expect(parseRefreshAnswer(bytes(text))).toBeUndefined();
      expect(parseRefreshAnswer(undefined)).toBeUndefined();
    },
  );
});

describe('issuedMsOf', () => {
  it.each([
    ['{"accessToken":"t","issuedAt":5}', 5],
    ['{"accessToken":"t"}', undefined],
    ['{"issuedAt":"5"}', undefined],
    ['token', undefined],
    ['', undefined],
  ])('of %j is %s', (text, expected) => {
    expect(issuedMsOf(text)).toBe(expected);
  });
});
