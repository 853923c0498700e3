import type { Sign, SignatureScheme } from '../../functions/contract/signature-scheme.ts';
import { CommandError } from '../errors.ts';
import type { Content } from './content.ts';
import type { WebhookTarget } from './stage-webhooks.ts';
import { type Tampering, tampered } from './tamper.ts';

interface Signing {
  readonly sign: Sign;
  readonly secret: string;
  readonly target: WebhookTarget;
  readonly tampering: Tampering | undefined;
  readonly nowMs: number;
}

/** What is posted, and where: a scheme that signs the URL signs the registered one, and may add to its query. */
export function signRequest(scheme: SignatureScheme, content: ReturnType<Content['make']>, signing: Signing) {
  const { sign, secret, target, tampering, nowMs } = signing;
  const { publicUrl } = scheme.options ?? {};
  const query = target.url.match(/\?.*$/)?.[0] ?? '';
  const called = typeof publicUrl === 'string' ? publicUrl + query : target.url;
  const request = { method: 'POST', url: called, ...content };
  try {
    const signed =
      tampering === undefined ? sign(request, secret, nowMs) : tampered(tampering, request, sign, secret, nowMs);
    return { request: signed, url: target.url + (signed.url ?? called).slice(called.length) };
  } catch (error) {
    if (!(error instanceof Error) || error instanceof CommandError) throw error;
    throw new CommandError(
      `Nothing can be signed as ${scheme.name} with this secret (${error.message.replace(/\.$/, '')}). ` +
        'Give what the sender itself signs with by --secret-file; of a pair of keys, the private one.',
    );
  }
}
