import * as v from 'valibot';
import { type Outcome, success } from '../../engine/outcome.ts';
import type { CallContext, ConnectorServices } from '../connector.ts';
import { authorised } from '../http/authorised.ts';
import { correlationHeaders } from '../http/correlation-headers.ts';
import { noResponseFailure } from '../http/failures.ts';
import { refusedInside, salesforceFailure } from './failures.ts';
import { readSalesforceLimits } from './limits.ts';
import { parseToken } from './token.ts';

export interface SalesforceCall {
  /** For logs and failures: `salesforce.upsert`. */
  readonly operation: string;
  readonly method: 'GET' | 'PATCH';
  /** Below `/services/data/vNN.N`, with the query. */
  readonly path: string;
  readonly body?: unknown;
}

export type SalesforceClient = ReturnType<typeof createSalesforceClient>;

/** What a call needs of its event, or of several. */
type OfEvents = Pick<CallContext, 'correlationId' | 'traceparent' | 'timeoutMs' | 'trafficClass'>;

/**
 * Makes calls to Salesforce's REST API on the instance that the token names. `Sforce-Call-Options` labels every call as
 * ours, so that the org's callout can tell our writes from people's.
 */
export function createSalesforceClient(services: ConnectorServices) {
  /** Calls, refreshing the token once where it is refused, and reads the answer with `schema` (no body: null). */
  function unguarded<Schema extends v.GenericSchema>(
    request: SalesforceCall,
    schema: Schema,
    context: OfEvents,
  ): Promise<Outcome<v.InferOutput<Schema>>> {
    return authorised(services.credentials, parseToken, context, async ({ accessToken, instanceUrl }) => {
      const result = await services.http({
        method: request.method,
        url: `${instanceUrl}/services/data/v${services.apiVersion}${request.path}`,
        headers: {
          authorization: `Bearer ${accessToken}`,
          'content-type': 'application/json',
          'sforce-call-options': 'client=millrace',
          ...correlationHeaders(context),
        },
        body: request.body === undefined ? undefined : JSON.stringify(request.body),
        timeoutMs: context.timeoutMs(),
        trafficClass: context.trafficClass,
        readLimits: readSalesforceLimits,
      });
      const { operation } = request;
      if (result.kind === 'no-response') return noResponseFailure(result, operation, request.method === 'PATCH');
      // 300: an external id that several records have. Nothing was written, and a retry would say the same.
      if (result.status === 300) return { kind: 'permanent', code: 'MULTIPLE_CHOICES', operation, status: 300 };
      if (result.status >= 400 || refusedInside(result.body))
        return salesforceFailure(result, operation, services.now());
      const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), result.body === '' ? 'null' : result.body);
      return parsed.success
        ? success(parsed.output)
        : { kind: 'transient', code: 'unexpected-response', operation, status: result.status };
    });
  }

  return {
    unguarded,
    /** The same behind the system's guard. */
    call: <Schema extends v.GenericSchema>(request: SalesforceCall, schema: Schema, context: CallContext) =>
      services.guard(request.operation, context.key, () => unguarded(request, schema, context)),
  };
}
