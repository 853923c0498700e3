import { expect, it } from 'vitest';
import { success } from '../../../functions/engine/outcome.ts';
import { checkTaken } from '../../../functions/rotate-secret/check-taken.ts';

it('credentials that the system took pass', () => {
  expect(() => checkTaken(success(undefined))).not.toThrow();
});

it.each([
  ['auth', 'http-403', 'http-403 at billing.write. Mend what was refused'],
  ['permanent', 'http-404', 'http-404 at billing.write. Mend what was refused'],
  ['transient', 'timeout', 'timeout at billing.write. The system could not be asked: do it again later'],
  ['busy', 'rate_limit', 'rate_limit at billing.write. The system could not be asked: do it again later'],
] as const)('those of which the test ended %s do not', (kind, code, message) => {
  expect(() => checkTaken({ kind, code, operation: 'billing.write' })).toThrow(message);
});
