import { type SimulatedRequest, type SimulatedResponse, startHttpServer } from '../http-server.ts';
import { chanceOf, type SimulatedSystem, type SimulationOptions } from '../system.ts';
import { WebhookEndpoints } from '../webhook-endpoints.ts';
import { Deliveries, signGithubWebhook } from './deliveries.ts';
import { GithubApiError, refuse } from './errors.ts';
import { Repositories } from './repository.ts';
import { GITHUB_OPERATIONS, operate, subjectOf } from './routes.ts';

/** Starts a GitHub without commits on 127.0.0.1, whose references can be set: each change is announced as a push. */
export async function startSimulatedGithub(options: SimulationOptions = {}): Promise<SimulatedSystem> {
  const chance = chanceOf(options);
  const webhooks = new WebhookEndpoints(chance, signGithubWebhook, () => undefined);
  const github = { repositories: new Repositories(), deliveries: new Deliveries(webhooks), now: chance.now };
  const handle = async (request: SimulatedRequest): Promise<SimulatedResponse> => {
    try {
      if (request.isRevoked || request.isExpired) throw new GithubApiError(401, 'Bad credentials');
      return await operate(github, request);
    } catch (error) {
      if (error instanceof GithubApiError) return error.toResponse();
      throw error;
    }
  };
  const api = { operations: GITHUB_OPERATIONS, subjectOf, handle, refuse };
  const server = await startHttpServer(options.port ?? 0, chance, api);
  return {
    url: server.url,
    setWebhook: (...targets) => webhooks.set(targets),
    stop: async () => {
      webhooks.stop();
      await server.stop();
    },
  };
}
