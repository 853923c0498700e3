import { StripeApiError } from './errors.ts';

/**
 * Checks `Authorization: Bearer <key>`, or Basic with the key as its user, as curl's `-u sk_...:` sends it. No key is
 * right while `apiKey` is undefined.
 */
export function authenticate(authorization: string | undefined, apiKey: string | undefined): void {
  const [scheme = '', value = ''] = (authorization ?? '').split(' ');
  const key =
    scheme.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString('utf8').split(':', 1).join() : value;
  if (key === '') {
    throw new StripeApiError(
      401,
      'You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth.',
    );
  }
  if (key !== apiKey) throw new StripeApiError(401, `Invalid API Key provided: ${key.slice(0, 8)}****${key.slice(-4)}`);
}
