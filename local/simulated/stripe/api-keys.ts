import * as v from 'valibot';
import type { SimulatedRequest, SimulatedResponse } from '../http-server.ts';
import { StripeApiError } from './errors.ts';
import type { STRIPE_OPERATIONS } from './routes.ts';

type Operation = (typeof STRIPE_OPERATIONS)[number];
type Permissions = Partial<Record<'customers' | 'events' | 'balance', 'read' | 'write'>>;

/** What each operation needs of a restricted key; `write` covers reading, as in Stripe. */
const needs: Record<Operation, [resource: keyof Permissions, right: 'read' | 'write']> = {
  create: ['customers', 'write'],
  read: ['customers', 'read'],
  update: ['customers', 'write'],
  list: ['customers', 'read'],
  delete: ['customers', 'write'],
  events: ['events', 'read'],
  balance: ['balance', 'read'],
};

const right = v.optional(v.picklist(['read', 'write']));
const keyRequest = v.strictObject({
  key: v.pipe(v.string(), v.regex(/^[sr]k_/)),
  permissions: v.optional(v.strictObject({ customers: right, events: right, balance: right })),
});

/** The account's API keys: secret ones may do everything, restricted ones what they were given. */
export class ApiKeys {
  readonly #keys: Map<string, Permissions | 'all'>;

  constructor(secretKey: string) {
    this.#keys = new Map([[secretKey, 'all']]);
  }

  /** `/_keys`: POST makes a key, DELETE ends it, as people do in the Dashboard. */
  control({ method, body }: Pick<SimulatedRequest, 'method' | 'body'>): SimulatedResponse {
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), keyRequest), body);
    if (!parsed.success) return { status: 400, body: { error: 'Send {"key": "rk_...", "permissions": {...}}.' } };
    const { key, permissions = 'all' } = parsed.output;
    if (method === 'POST') this.#keys.set(key, permissions);
    else if (method === 'DELETE') this.#keys.delete(key);
    else return { status: 405, headers: { allow: 'POST, DELETE' } };
    return { status: 200, body: { key: maskOf(key) } };
  }

  /**
   * Checks `Authorization: Bearer <key>`, or Basic with the key as its user, as curl's `-u sk_...:` sends it, and what the
   * key may do. What a restricted key may not do is refused before anything is looked for.
   */
  check({ headers, isRevoked, isExpired }: SimulatedRequest, operation: Operation | undefined): void {
    const [scheme = '', value = ''] = (headers.authorization ?? '').split(' ');
    const key =
      scheme.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString('utf8').split(':', 1).join() : value;
    if (key === '') {
      throw new StripeApiError(
        401,
        'You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth.',
      );
    }
    const permissions = isRevoked ? undefined : this.#keys.get(key);
    if (permissions === undefined) throw new StripeApiError(401, `Invalid API Key provided: ${maskOf(key)}`);
    if (isExpired) {
      throw new StripeApiError(401, `Expired API Key provided: ${maskOf(key)}`, { code: 'api_key_expired' });
    }
    if (operation === undefined || permissions === 'all') return;
    const [resource, least] = needs[operation];
    const held = permissions[resource];
    if (held === 'write' || held === least) return;
    throw new StripeApiError(
      403,
      `The provided key '${maskOf(key)}' does not have the required permissions for this endpoint (${resource}: ${least}).`,
    );
  }
}

function maskOf(key: string): string {
  return `${key.slice(0, 8)}****${key.slice(-4)}`;
}
