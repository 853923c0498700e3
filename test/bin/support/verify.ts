import type { SignedRequest } from '../../../functions/contract/signature-scheme.ts';
import { signSquare } from '../../../functions/signatures/square.ts';
import { signStripe } from '../../../functions/signatures/stripe.ts';
import { paypalCertificates } from '../../functions/signatures/support/key-pair-cases.ts';
import { sampleMs } from '../../functions/signatures/support/scheme-case.ts';
import { aFile } from './files.ts';
import { MemoryStage } from './stage.ts';
import { millrace as typed } from './typed.ts';

const openStage = async () => new MemoryStage();
export const situation = { openStage, now: () => sampleMs, certificates: paypalCertificates };
export const millrace = (...words: readonly string[]) => typed(situation, ...words);

/** What is typed to have this request verified. */
export function wordsFor(scheme: string, request: SignedRequest, secret: string): string[] {
  const headers = Object.entries(request.headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]);
  const files = ['--secret-file', aFile(secret), '--body-file', aFile(request.body)];
  return ['verify', '--scheme', scheme, ...files, ...headers, ...(request.url ? ['--url', request.url] : [])];
}

export const body = Buffer.from('{\n  "name": "Zoë/Ltd",\n  "amount": 12\n}');
export const secret = 'whsec_of-the-endpoint';
export const fromStripe = (changes: Partial<SignedRequest> = {}) => ({
  ...signStripe({ headers: {}, body }, secret, sampleMs),
  ...changes,
});

export const fromSquare = (url: string) => signSquare({ headers: {}, url, body: Buffer.from('{}') }, secret, sampleMs);
