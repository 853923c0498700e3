import { carriesToken } from '../bearer.ts';
import { type RunningServer, type SimulatedRequest, type SimulatedResponse, startHttpServer } from '../http-server.ts';
import { KeyedCalls, RecordStore, type StoredRecord } from '../record-store.ts';
import { chanceOf, type SimulationOptions } from '../system.ts';
import { GraphqlError, refuse } from './errors.ts';
import { GRAPHQL_OPERATIONS, resolve, subjectOf } from './resolve.ts';

/** How to start a simulated GraphQL API. */
export interface SimulatedGraphqlOptions extends SimulationOptions {
  /** The only token that it accepts. */
  token: string;
}

/** Starts a GraphQL API that stores what it gets; every path is its endpoint. Its state lives in memory. */
export function startSimulatedGraphql(options: SimulatedGraphqlOptions): Promise<RunningServer> {
  const chance = chanceOf(options);
  const graph = { records: new RecordStore(chance.random), keyed: new KeyedCalls<StoredRecord>() };
  const handle = async (request: SimulatedRequest): Promise<SimulatedResponse> => {
    if (request.method !== 'POST') return { status: 405, headers: { allow: 'POST' } };
    try {
      if (!carriesToken(request, options.token)) throw new GraphqlError('UNAUTHENTICATED', 'Sign in with the token.');
      return { status: 200, body: { data: await resolve(graph, request) } };
    } catch (error) {
      if (error instanceof GraphqlError) return error.toResponse();
      throw error;
    }
  };
  return startHttpServer(options.port ?? 0, chance, { operations: GRAPHQL_OPERATIONS, subjectOf, handle, refuse });
}
