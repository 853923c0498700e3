import type { SimulatedRequest } from './http-server.ts';

/**
 * Whether a call is signed in with the token: as `Authorization: Bearer`, as the password of `Authorization: Basic`, or alone
 * in a header of any name, since each API has its own.
 */
export function carriesToken({ headers, isRevoked, isExpired }: SimulatedRequest, token: string): boolean {
  if (isRevoked || isExpired) return false;
  const [scheme = '', value = ''] = (headers.authorization ?? '').split(' ');
  if (scheme.toLowerCase() === 'bearer' && value === token) return true;
  if (scheme.toLowerCase() === 'basic') {
    return Buffer.from(value, 'base64').toString('utf8').split(':').slice(1).join(':') === token;
  }
  return Object.values(headers).includes(token);
}
