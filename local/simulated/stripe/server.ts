import { type SimulatedRequest, type SimulatedResponse, startHttpServer } from '../http-server.ts';
import { randomText } from '../random-text.ts';
import { chanceOf, type SimulatedSystem, type SimulationOptions } from '../system.ts';
import { WebhookEndpoints } from '../webhook-endpoints.ts';
import { ApiKeys } from './api-keys.ts';
import { CustomerStore } from './customer-store.ts';
import { refuse, StripeApiError } from './errors.ts';
import { API_VERSION, EventLog } from './event-log.ts';
import { canonicalForm } from './form.ts';
import { IdempotencyLayer } from './idempotency.ts';
import { type Account, operate, operationOf, parametersOf, STRIPE_OPERATIONS, subjectOf } from './routes.ts';
import { signStripeWebhook } from './signature.ts';

/** How to start a simulated Stripe. */
export interface SimulatedStripeOptions extends SimulationOptions {
  /** The secret key that it accepts; others are made by `POST /_keys`. */
  apiKey: string;
}

/** Starts an empty sandbox account on 127.0.0.1. Its state lives in memory and ends with it. */
export async function startSimulatedStripe(options: SimulatedStripeOptions): Promise<SimulatedSystem> {
  const chance = chanceOf(options);
  const webhooks = new WebhookEndpoints(chance, signStripeWebhook);
  const events = new EventLog(chance, webhooks);
  const account = { events, customers: new CustomerStore(chance, events) };
  const idempotency = new IdempotencyLayer(chance.now);
  const keys = new ApiKeys(options.apiKey);

  const handle = async (request: SimulatedRequest): Promise<SimulatedResponse> => {
    const requestId = `req_${randomText(chance.random, 14)}`;
    const response = await answer({ keys, account, idempotency }, request, requestId);
    return { ...response, headers: { ...commonHeaders(request, requestId), ...response.headers } };
  };
  const controls = new Map([['/_keys', keys.control.bind(keys)]]);
  const api = { operations: STRIPE_OPERATIONS, subjectOf, handle, refuse, controls };
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

interface Context {
  keys: ApiKeys;
  account: Account;
  idempotency: IdempotencyLayer;
}

async function answer(context: Context, request: SimulatedRequest, requestId: string): Promise<SimulatedResponse> {
  try {
    context.keys.check(request, operationOf(request));
    const form = parametersOf(request);
    const key = keyOf(request);
    const execute = async (): Promise<SimulatedResponse> => {
      await request.takeTime();
      return attempt(() => operate(context.account, request, form, { id: requestId, idempotency_key: key }));
    };
    // GET and DELETE are idempotent by themselves; Stripe ignores a key on them.
    if (key === null) return await execute();
    const fingerprint = `${request.path} ${canonicalForm(form)}`;
    return await context.idempotency.once({ key, requestId, fingerprint }, execute);
  } catch (error) {
    if (error instanceof StripeApiError) return error.toResponse();
    throw error;
  }
}

/** A refusal of an operation is an answer like any other: what is saved under an idempotency key. */
function attempt(operation: () => unknown): SimulatedResponse {
  try {
    return { status: 200, body: operation() };
  } catch (error) {
    if (error instanceof StripeApiError) return error.toResponse();
    throw error;
  }
}

function keyOf({ method, headers }: SimulatedRequest): string | null {
  const key = headers['idempotency-key'];
  return method === 'POST' && typeof key === 'string' && key !== '' ? key : null;
}

function commonHeaders({ headers }: SimulatedRequest, requestId: string): Record<string, string> {
  const version = headers['stripe-version'];
  const key = headers['idempotency-key'];
  return {
    'request-id': requestId,
    'stripe-version': typeof version === 'string' ? version : API_VERSION,
    ...(typeof key === 'string' && { 'idempotency-key': key }),
  };
}
