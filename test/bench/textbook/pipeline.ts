import { processPartialResponse, SqsFifoPartialProcessorAsync } from '@aws-lambda-powertools/batch';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { type Message, parseMessage } from '../../../functions/contract/message.ts';
import type { Outcome } from '../../../functions/engine/outcome.ts';

export interface TextbookParts<Result> {
  readonly persistenceStore: BasePersistenceLayer;
  /** Carries one event over; what it answers must be JSON. */
  deliver(message: Message, context: Context): Promise<Outcome<Result>>;
}

/**
 * The textbook's function, as the documentation of Powertools for AWS Lambda (TypeScript) 2.35.0 shows it: the processor
 * for FIFO queues, each record made idempotent, and all defaults. What fails is thrown, and comes back when SQS shows it
 * again. The key is the event's id, where the documentation's batch has the message's: so a repeat is known, too.
 */
export function createTextbookHandler<Result>({ persistenceStore, deliver }: TextbookParts<Result>) {
  const processor = new SqsFifoPartialProcessorAsync();
  const config = new IdempotencyConfig({ eventKeyJmesPath: 'powertools_json(body).id' });
  const recordHandler = makeIdempotent(
    async (record: SQSRecord, context: Context) => {
      const message = parseMessage(record.body);
      if (message === undefined) throw new Error('This is no message.');
      const outcome = await deliver(message, context);
      if (outcome.kind !== 'success') throw new Error(outcome.code);
      return outcome.value;
    },
    { persistenceStore, config },
  );
  return (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    config.registerLambdaContext(context);
    return processPartialResponse(event, recordHandler, processor, { context });
  };
}
