import type { SignatureScheme } from '../../functions/contract/signature-scheme.ts';

/** A scheme for specifications whose webhooks no test sends: it takes none. */
export const noScheme: SignatureScheme = {
  name: 'none',
  headers: [],
  toleranceSeconds: 0,
  secretForm: 'any text',
  repeats: { by: 'hash' },
  checkSecret: () => undefined,
  verify: () => ({ valid: false, reason: 'header-missing' }),
};
