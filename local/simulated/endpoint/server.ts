import { carriesToken } from '../bearer.ts';
import { type RunningServer, type SimulatedRequest, type SimulatedResponse, startHttpServer } from '../http-server.ts';
import { KeyedCalls, RecordStore } from '../record-store.ts';
import { chanceOf, type SimulationOptions } from '../system.ts';
import { EndpointError, refuse } from './errors.ts';
import { ENDPOINT_OPERATIONS, operate, subjectOf } from './routes.ts';

/** How to start a simulated endpoint. */
export interface SimulatedEndpointOptions extends SimulationOptions {
  /** The only token that it accepts. */
  token: string;
}

/**
 * Starts a plain HTTP endpoint that stores what it gets, in collections of any name: `POST /pushes` (a repeat of an
 * `Idempotency-Key` does nothing), `PUT`, `PATCH`, `GET` and `DELETE /orders/{id}`, `GET /orders`. Its state lives in memory.
 */
export function startSimulatedEndpoint(options: SimulatedEndpointOptions): Promise<RunningServer> {
  const chance = chanceOf(options);
  const endpoint = { records: new RecordStore(chance.random), keyed: new KeyedCalls<SimulatedResponse>() };
  const handle = async (request: SimulatedRequest): Promise<SimulatedResponse> => {
    try {
      if (!carriesToken(request, options.token)) {
        throw new EndpointError(401, 'unauthenticated', 'Sign in with the token.');
      }
      return await operate(endpoint, request);
    } catch (error) {
      if (error instanceof EndpointError) return error.toResponse();
      throw error;
    }
  };
  return startHttpServer(options.port ?? 0, chance, { operations: ENDPOINT_OPERATIONS, subjectOf, handle, refuse });
}
