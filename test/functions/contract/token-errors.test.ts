import { expect, it } from 'vitest';
import { isRefused } from '../../../functions/contract/token-errors.ts';

it.each([
  ['{"errorType":"TokenRefusedError","errorMessage":"No token"}', true],
  ['{"errorType":"TokenUnavailableError"}', false],
  ['{"errorType":"Runtime.HandlerError","errorMessage":"No token: invalid_client. (TokenRefusedError)"}', true],
  ['{"errorType":"Runtime.HandlerError","errorMessage":"No token: http-503. (TokenUnavailableError)"}', false],
  ['{"errorMessage":"TokenRefusedError"}', false],
  ['null', false],
  ['', false],
  ['not JSON', false],
])('reads %s', (payload, refused) => {
  expect(isRefused(new TextEncoder().encode(payload))).toBe(refused);
  expect(isRefused(undefined)).toBe(false);
});
