import { startHttpServer } from '../http-server.ts';
import { chanceOf, type SimulatedSystem, type SimulationOptions } from '../system.ts';
import { WebhookEndpoints } from '../webhook-endpoints.ts';
import { ApiUsage } from './api-usage.ts';
import { SALESFORCE_OPERATIONS, subjectOf } from './call-subject.ts';
import { ChangeAnnouncer, signCallout } from './change-announcer.ts';
import { refuse } from './errors.ts';
import { type ConnectedApp, TokenService } from './oauth.ts';
import { Organization } from './organization.ts';
import { route, type Services } from './routes.ts';

/** How to start a simulated Salesforce: with its only connected app. */
export type SimulatedSalesforceOptions = SimulationOptions & ConnectedApp;

/** Starts an empty organisation on 127.0.0.1. Its state lives in memory and ends with it. */
export async function startSimulatedSalesforce(options: SimulatedSalesforceOptions): Promise<SimulatedSystem> {
  const chance = chanceOf(options);
  const webhooks = new WebhookEndpoints(chance, signCallout);
  const announcer = new ChangeAnnouncer(webhooks);
  const services: Services = {
    tokens: new TokenService(options, chance),
    organization: new Organization(chance, (change) => announcer.announce(change)),
    usage: new ApiUsage(),
  };
  const server = await startHttpServer(options.port ?? 0, chance, {
    operations: SALESFORCE_OPERATIONS,
    subjectOf,
    controls: new Map([['/_signing-secret', webhooks.control]]),
    handle: (request) => route(services, request),
    refuse,
  });

  return {
    url: server.url,
    setWebhook: (...targets) => webhooks.set(targets),
    stop: async () => {
      webhooks.stop();
      await server.stop();
    },
  };
}
