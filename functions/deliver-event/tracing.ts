import { Tracer } from '@aws-lambda-powertools/tracer';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import type { MiddyfiedHandler } from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';

/**
 * Adds Powertools Tracer to a delivery: a subsegment an invocation, and one for every HTTP call it makes. Bundled only
 * for flows with `tracing: true`; the X-Ray SDK below it ends support in February 2027.
 */
export function traced(
  handler: MiddyfiedHandler<SQSEvent, SQSBatchResponse, Error, Context>,
): MiddyfiedHandler<SQSEvent, SQSBatchResponse, Error, Context> {
  // A response may hold ids only, yet traces are not the place for what was delivered.
  return handler.use(captureLambdaHandler(new Tracer(), { captureResponse: false }));
}
