import type { SimulatedRequest, SimulatedResponse } from '../http-server.ts';
import { pathSegments } from '../path-segments.ts';
import type { ApiUsage } from './api-usage.ts';
import { answerCollection } from './collection-routes.ts';
import { methodNotAllowed, notFound, SalesforceApiError } from './errors.ts';
import type { TokenService } from './oauth.ts';
import type { Organization } from './organization.ts';
import { answerRecords } from './record-routes.ts';
import { runSoql } from './soql-run.ts';

/** What the endpoints work on. */
export interface Services {
  tokens: TokenService;
  organization: Organization;
  usage: ApiUsage;
}

// Spring '26 to Winter '27. Any version is served alike; see facts B.1 for what real organisations offer.
const VERSIONS = [66, 67, 68].map((version) => ({
  label: `Simulated ${version}.0`,
  url: `/services/data/v${version}.0`,
  version: `${version}.0`,
}));

/** Finds the endpoint and does what it is for. */
export async function route(services: Services, request: SimulatedRequest): Promise<SimulatedResponse> {
  const [root, api, version, ...resource] = pathSegments(request.path).filter((segment) => segment !== '');
  try {
    if (root !== 'services') throw notFound();
    if (api === 'oauth2') return await oauth(services, request, version);
    if (api !== 'data') throw notFound();
    if (version === undefined) return { status: 200, body: VERSIONS };
    if (!/^v\d\d\.0$/.test(version)) throw notFound();
    services.tokens.check(request);
  } catch (error) {
    return refusal(error);
  }
  services.usage.count();
  await request.takeTime();
  const response = data(services, request, `/services/data/${version}`, resource);
  return { ...response, headers: { ...services.usage.header(), ...response.headers } };
}

async function oauth(
  { tokens }: Services,
  request: SimulatedRequest,
  resource: string | undefined,
): Promise<SimulatedResponse> {
  if (resource !== 'token' && resource !== 'revoke') throw notFound();
  if (request.method !== 'POST') throw methodNotAllowed(request.method, 'POST');
  await request.takeTime();
  return resource === 'token' ? tokens.issue(request) : tokens.revoke(request);
}

function data(
  { organization, usage }: Services,
  request: SimulatedRequest,
  versionUrl: string,
  [resource, ...rest]: string[],
): SimulatedResponse {
  try {
    const call = { organization, request, versionUrl };
    if (resource === 'sobjects') return answerRecords(call, rest);
    if (resource === 'composite' && rest[0] === 'sobjects') return answerCollection(call, rest.slice(1));
    if (rest.length > 0 || (resource !== 'limits' && resource !== 'query')) throw notFound();
    if (request.method !== 'GET') throw methodNotAllowed(request.method, 'GET');
    if (resource === 'limits') return { status: 200, body: usage.limits() };
    return { status: 200, body: runSoql(organization, request.query.get('q') ?? '', versionUrl) };
  } catch (error) {
    return refusal(error);
  }
}

function refusal(error: unknown): SimulatedResponse {
  if (error instanceof SalesforceApiError) return error.toResponse();
  throw error;
}
