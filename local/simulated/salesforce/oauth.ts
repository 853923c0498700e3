import { createHmac } from 'node:crypto';
import type { SimulatedRequest, SimulatedResponse } from '../http-server.ts';
import { randomText } from '../random-text.ts';
import type { Chance } from '../system.ts';
import { invalidSession } from './errors.ts';
import { SIMULATED_ORGANIZATION_ID, SIMULATED_USER_ID } from './ids.ts';
import { type JwtUser, problemOf } from './jwt-assertion.ts';

/** The connected app's consumer key and secret. */
interface ClientCredentials {
  clientId: string;
  clientSecret: string;
}

/** How the connected app may be used. */
export interface ConnectedApp extends ClientCredentials {
  /** By whom it may be used without a secret. @default by nobody */
  jwt?: JwtUser;
}

// Grants that Salesforce knows, but for which nobody here has a code or a refresh token.
const GRANTS_WITHOUT_SUBJECT = ['authorization_code', 'refresh_token'];
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** Gives out and checks access tokens: OAuth 2.0 client credentials and JWT bearer (RFC 6749, 7523). They live until revoked. */
export class TokenService {
  readonly #tokens = new Set<string>();
  readonly #app: ConnectedApp;
  readonly #chance: Chance;

  constructor(app: ConnectedApp, chance: Chance) {
    this.#app = app;
    this.#chance = chance;
  }

  /** `POST /services/oauth2/token` */
  issue(request: SimulatedRequest): SimulatedResponse {
    const form = new URLSearchParams(request.body);
    const grant = form.get('grant_type') ?? '';
    if (grant === '') return refused('invalid_request', 'must specify a grant_type');
    if (GRANTS_WITHOUT_SUBJECT.includes(grant)) return refused('invalid_grant', 'expired or unknown grant');
    if (grant !== 'client_credentials' && grant !== JWT_BEARER) {
      return refused('unsupported_grant_type', 'grant type not supported');
    }
    const refusal = grant === JWT_BEARER ? this.#refusalOfAssertion(form) : this.#refusalOfClient(request, form);
    if (refusal !== undefined) return refusal;
    if (request.isRevoked) return refused('invalid_grant', "user hasn't approved this consumer");
    return { status: 200, headers: { 'cache-control': 'no-store' }, body: this.#newToken(request.baseUrl) };
  }

  #refusalOfAssertion(form: URLSearchParams): SimulatedResponse | undefined {
    const { clientId, jwt } = this.#app;
    const problem = problemOf(form.get('assertion') ?? '', clientId, jwt, this.#chance.now());
    return problem === undefined ? undefined : refused('invalid_grant', problem);
  }

  #refusalOfClient({ headers }: SimulatedRequest, form: URLSearchParams): SimulatedResponse | undefined {
    const basic = basicCredentials(headers.authorization);
    const { clientId, clientSecret } = basic ?? {
      clientId: form.get('client_id') ?? '',
      clientSecret: form.get('client_secret') ?? '',
    };
    const isKnown = clientId === this.#app.clientId && clientSecret === this.#app.clientSecret;
    // RFC 6749, 5.2: 401 for who came with an Authorization header.
    return isKnown ? undefined : refused('invalid_client', 'invalid client credentials', basic ? 401 : 400);
  }

  /** `POST /services/oauth2/revoke` */
  revoke({ body }: SimulatedRequest): SimulatedResponse {
    const isKnown = this.#tokens.delete(new URLSearchParams(body).get('token') ?? '');
    return isKnown ? { status: 200 } : refused('invalid_token', 'invalid token');
  }

  /** Passes a call with a living `Authorization: Bearer`; one that an `expired` fault hits ends its token. */
  check({ headers, isRevoked, isExpired }: Pick<SimulatedRequest, 'headers' | 'isRevoked' | 'isExpired'>): void {
    const token = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
    if (isExpired && token !== undefined) this.#tokens.delete(token);
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
      signature: createHmac('sha256', this.#app.clientSecret)
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
