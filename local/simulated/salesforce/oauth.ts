import { createHmac } from 'node:crypto';
import type { SimulatedRequest, SimulatedResponse } from '../http-server.ts';
import { randomText } from '../random-text.ts';
import type { Chance } from '../system.ts';
import { invalidSession } from './errors.ts';
import { SIMULATED_ORGANIZATION_ID, SIMULATED_USER_ID } from './ids.ts';

/** The connected app's consumer key and secret. */
export interface ClientCredentials {
  clientId: string;
  clientSecret: string;
}

// Grants that Salesforce knows, but for which nobody here has a code, a refresh token or a certificate.
const GRANTS_WITHOUT_SUBJECT = ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:jwt-bearer'];

/** Gives out and checks access tokens: OAuth 2.0 client credentials (facts, B.2). Tokens live until revoked. */
export class TokenService {
  readonly #tokens = new Set<string>();
  readonly #client: ClientCredentials;
  readonly #chance: Chance;

  constructor(client: ClientCredentials, chance: Chance) {
    this.#client = client;
    this.#chance = chance;
  }

  /** `POST /services/oauth2/token` */
  issue(request: SimulatedRequest): SimulatedResponse {
    const form = new URLSearchParams(request.body);
    const grant = form.get('grant_type') ?? '';
    if (grant === '') return refused('invalid_request', 'must specify a grant_type');
    if (GRANTS_WITHOUT_SUBJECT.includes(grant)) return refused('invalid_grant', 'expired or unknown grant');
    if (grant !== 'client_credentials') return refused('unsupported_grant_type', 'grant type not supported');

    const basic = basicCredentials(request.headers.authorization);
    const { clientId, clientSecret } = basic ?? {
      clientId: form.get('client_id') ?? '',
      clientSecret: form.get('client_secret') ?? '',
    };
    if (clientId !== this.#client.clientId || clientSecret !== this.#client.clientSecret) {
      // RFC 6749, 5.2: 401 for who came with an Authorization header.
      return refused('invalid_client', 'invalid client credentials', basic ? 401 : 400);
    }
    if (request.isRevoked) return refused('invalid_grant', "user hasn't approved this consumer");
    return { status: 200, headers: { 'cache-control': 'no-store' }, body: this.#newToken(request.baseUrl) };
  }

  /** `POST /services/oauth2/revoke` */
  revoke({ body }: SimulatedRequest): SimulatedResponse {
    const isKnown = this.#tokens.delete(new URLSearchParams(body).get('token') ?? '');
    return isKnown ? { status: 200 } : refused('invalid_token', 'invalid token');
  }

  /** Passes a call with a living `Authorization: Bearer`. */
  check({ headers, isRevoked }: Pick<SimulatedRequest, 'headers' | 'isRevoked'>): void {
    const token = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
    if (isRevoked || token === undefined || !this.#tokens.has(token)) throw invalidSession();
  }

  /** There is no `expires_in`: a real session's length is a policy that the client is not told. */
  #newToken(baseUrl: string): Record<string, string> {
    const token = `${SIMULATED_ORGANIZATION_ID.slice(0, 15)}!${randomText(this.#chance.random, 96)}`;
    const id = `${baseUrl}/id/${SIMULATED_ORGANIZATION_ID}/${SIMULATED_USER_ID}`;
    const issuedAt = String(this.#chance.now());
    this.#tokens.add(token);
    return {
      access_token: token,
      signature: createHmac('sha256', this.#client.clientSecret)
        .update(id + issuedAt)
        .digest('base64'),
      scope: 'api',
      instance_url: baseUrl,
      id,
      token_type: 'Bearer',
      issued_at: issuedAt,
      api_instance_url: baseUrl,
    };
  }
}

function basicCredentials(authorization: string | undefined): ClientCredentials | undefined {
  const encoded = /^Basic (.+)$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [clientId = '', ...secret] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return { clientId, clientSecret: secret.join(':') };
}

const refused = (error: string, description: string, status: 400 | 401 = 400): SimulatedResponse => ({
  status,
  ...(status === 401 && { headers: { 'www-authenticate': 'Basic realm="Salesforce"' } }),
  body: { error, error_description: description },
});
