import * as v from 'valibot';
import { type Outcome, success } from '../../engine/outcome.ts';
import type { CallContext, ConnectorServices, HttpResponse } from '../connector.ts';
import { authorised } from '../http/authorised.ts';
import { correlationHeaders } from '../http/correlation-headers.ts';
import { noResponseFailure } from '../http/failures.ts';
import { stripeFailure } from './failures.ts';
import { readStripeLimits } from './limits.ts';

const credentialsSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    apiKey: v.pipe(v.string(), v.nonEmpty()),
    /** Where Stripe is; only the simulated one is elsewhere. */
    url: v.optional(v.pipe(v.string(), v.url()), 'https://api.stripe.com'),
  }),
);

export interface StripeCall {
  /** For logs and failures: `stripe.create`. */
  readonly operation: string;
  readonly method: 'GET' | 'POST';
  /** With the query: `/v1/customers?limit=100`. */
  readonly path: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** Makes calls to Stripe's API, v1: form-encoded, every POST under a key of its own that labels the write as ours. */
export function createStripeClient(
  services: Pick<ConnectorServices, 'apiVersion' | 'credentials' | 'http' | 'guard' | 'now' | 'newId'>,
) {
  async function send(call: StripeCall, context: CallContext, apiKey: string, url: string) {
    const post = call.method === 'POST';
    const headers: Record<string, string> = {
      authorization: `Bearer ${apiKey}`,
      'stripe-version': services.apiVersion,
      ...correlationHeaders(context),
    };
    if (post) {
      headers['content-type'] = 'application/x-www-form-urlencoded';
      headers['idempotency-key'] = `millrace:${services.newId()}`;
    }
    const body = post ? new URLSearchParams({ ...call.parameters }).toString() : undefined;
    const { trafficClass } = context;
    const timeoutMs = context.timeoutMs();
    return services.http({
      method: call.method,
      url: url + call.path,
      headers,
      body,
      timeoutMs,
      trafficClass,
      readLimits: readStripeLimits,
    });
  }

  /** Calls, renewing the key once where it is refused, and reads the answer with `schema`. */
  function unguarded<Schema extends v.GenericSchema>(
    request: StripeCall,
    schema: Schema,
    context: CallContext,
  ): Promise<Outcome<v.InferOutput<Schema>>> {
    return authorised(services.credentials, parseCredentials, context, async ({ apiKey, url }) => {
      const result = await send(request, context, apiKey, url);
      if (result.kind === 'no-response') return noResponseFailure(result, request.operation, request.method === 'POST');
      if (result.status >= 400) return stripeFailure(result, request.operation, services.now());
      return read(schema, result, request.operation);
    });
  }

  return {
    unguarded,
    /** The same behind the system's guard. */
    call: <Schema extends v.GenericSchema>(request: StripeCall, schema: Schema, context: CallContext) =>
      services.guard(request.operation, context.key, () => unguarded(request, schema, context)),
  };
}

function parseCredentials(text: string) {
  const parsed = v.safeParse(credentialsSchema, text);
  return parsed.success ? parsed.output : undefined;
}

function read<Schema extends v.GenericSchema>(
  schema: Schema,
  { status, body }: HttpResponse,
  operation: string,
): Outcome<v.InferOutput<Schema>> {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), body);
  return parsed.success
    ? success(parsed.output)
    : { kind: 'transient', code: 'unexpected-response', operation, status };
}
