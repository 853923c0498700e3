import { Validations } from 'aws-cdk-lib';
import { EventSourceMapping, type IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

export interface QueueMappingProps {
  readonly target: IFunction;
  readonly queue: IQueue;
  /** Invocations at once, 2..1000: bounds what a backlog takes of the account and of what is behind the function. */
  readonly maxConcurrency: number;
}

/** FIFO mappings take no more, and others would have to wait for more. */
const batchSize = 10;

/**
 * Calls a function with batches of a queue's messages. The function's role must be granted the queue by itself: a
 * binding is what grants.
 */
export function mapQueue(scope: Construct, id: string, { target, queue, maxConcurrency }: QueueMappingProps): void {
  const mapping = new EventSourceMapping(scope, id, {
    target,
    eventSourceArn: queue.queueArn,
    batchSize,
    // Without it one failed message would bring back its whole batch, and the settled ones with it.
    reportBatchItemFailures: true,
    maxConcurrency,
  });
  Validations.of(mapping).acknowledge({
    id: 'Serverless::Serverless-LambdaEventSourceMappingDestination',
    reason:
      'Lambda takes such a destination for streams only; what fails stays in the queue, or goes where it redrives.',
  });
}
