import { createHash } from 'node:crypto';

/**
 * A UUID (version 8, RFC 9562) made of an event's key: the same at every attempt, of a form that every endpoint takes, and
 * without anything of the event in it.
 */
export function idempotencyKey(eventKey: string): string {
  const hex = createHash('sha256').update(eventKey).digest('hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
