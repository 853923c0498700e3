import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { startBundle } from './bundle-process.ts';
import type { FlowName } from './queues.ts';

/** What a delivery function reads of a record. */
export type BatchRecord = Pick<SQSRecord, 'messageId' | 'receiptHandle' | 'body'> & {
  readonly attributes: Pick<SQSRecord['attributes'], 'ApproximateReceiveCount' | 'SentTimestamp' | 'MessageGroupId'>;
};

/** One container of a delivery function. */
export interface Container {
  /** Runs the function; resolves to the message ids that it hands back, or to undefined where it was killed meanwhile. */
  run(batch: readonly BatchRecord[]): Promise<readonly string[] | undefined>;
  /** Ends it as a crash would. */
  kill(): void;
  /** What it logged so far. */
  output(): string;
}

/** Starts one more container of a flow's function, with some environment variables replaced. It ends with the file. */
export async function startContainer(
  flow: FlowName,
  variables: Readonly<Record<string, string>> = {},
): Promise<Container> {
  const { invoke, kill, output } = await startBundle('deliver-event', flow, variables);
  return {
    kill,
    output,
    run: async (Records) => {
      const answer = (await invoke({ Records }))?.result as SQSBatchResponse | undefined;
      return answer?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    },
  };
}
