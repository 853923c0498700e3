import {
  IdempotencyAlreadyInProgressError,
  IdempotencyConfig,
  makeIdempotent,
} from '@aws-lambda-powertools/idempotency';
import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { Context } from 'aws-lambda';

/** What is kept of an event that is done with: ids only, no personal data. */
export type Delivered =
  | { readonly destinationId: string; readonly created: boolean }
  /** The record is gone. */
  | { readonly gone: true }
  /** A later version of the record had been applied. */
  | { readonly older: true }
  /** An operator gave it up. */
  | { readonly discarded: true };

export type OnceResult =
  | { readonly kind: 'done'; readonly delivered: Delivered; readonly seenBefore: boolean }
  /** Another run holds the lock; `freeInMs` from now it expires at the latest. */
  | { readonly kind: 'in-progress'; readonly freeInMs: number };

/**
 * Does the work of an event unless it was done before. Rethrows what `work` throws, and then forgets the event.
 * @throws IdempotencyPersistenceLayerError when DynamoDB can't be had: hand the event back.
 */
export type Once = (key: string, work: () => Promise<Delivered>) => Promise<OnceResult>;

/** Longer than a source retries (Stripe: 3 days) and SQS keeps a message (14 days), dead letters included. */
const keptSeconds = 30 * 24 * 60 * 60;

/**
 * Powertools idempotency round one piece of work. The store is for this flow only: Powertools keeps the prefix in it. The
 * prefix is the flow's name and not the Lambda's, so that a renamed function still knows what it did. What is answered
 * takes the time that is left to do the work in: without it a crash would lock the event for thirty days.
 */
export function createOnce(
  store: BasePersistenceLayer,
  { integration, flow }: { readonly integration: string; readonly flow: string },
): (remainingMs: () => number) => Once {
  const config = new IdempotencyConfig({
    eventKeyJmesPath: 'key',
    throwOnNoIdempotencyKey: true,
    expiresAfterSeconds: keptSeconds,
    hashFunction: 'sha256',
  });
  const run = makeIdempotent((_event: { key: string }, work: () => Promise<Delivered>) => work(), {
    persistenceStore: store,
    keyPrefix: `event:${integration}/${flow}`,
    config,
    dataIndexArgument: 0,
  });
  return (remainingMs) => {
    config.registerLambdaContext({ ...noContext, getRemainingTimeInMillis: remainingMs });
    return async (key, work) => {
      let ran = false;
      try {
        const delivered = await run({ key }, () => {
          ran = true;
          return work();
        });
        return { kind: 'done', delivered, seenBefore: !ran };
      } catch (error) {
        if (!(error instanceof IdempotencyAlreadyInProgressError)) throw error;
        // The other run began before this one and has the same time limit.
        return { kind: 'in-progress', freeInMs: remainingMs() };
      }
    };
  };
}

/** Powertools looks at the remaining time only; an operator's command has no more to give. */
const noContext: Context = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: '',
  functionVersion: '',
  invokedFunctionArn: '',
  memoryLimitInMB: '',
  awsRequestId: '',
  logGroupName: '',
  logStreamName: '',
  getRemainingTimeInMillis: () => 0,
  done: () => {},
  fail: () => {},
  succeed: () => {},
};

/** What an event is known by for as long as it is remembered: the same event for another flow is another one. */
export function eventKey(flow: string, eventId: string, subject: string): string {
  return JSON.stringify([flow, eventId, subject]);
}
