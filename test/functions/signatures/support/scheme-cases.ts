import { hmacCases } from './hmac-cases.ts';
import { keyPairCases } from './key-pair-cases.ts';
import { otherCases } from './other-cases.ts';
import { outboundMessageCase } from './outbound-message-case.ts';
import type { SchemeCase } from './scheme-case.ts';

/** Every scheme, and every form and version of it: all packs run for each. */
export const schemeCases: readonly SchemeCase[] = [...hmacCases, ...otherCases, ...keyPairCases, outboundMessageCase];
