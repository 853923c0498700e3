import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { deadLettersUrlOutput, queueUrlOutput } from '../../functions/contract/names.ts';
import type { Part } from '../parts.ts';
import type { MessageAges } from './message-ages.ts';

/** How many messages a queue holds: SQS's own estimate. */
export interface Depth {
  readonly visible: number;
  /** Received, and not settled yet: under way, or handed back with a wait. */
  readonly inFlight: number;
}

/** The queues of a stage's flows, as far as one can look into them without taking anything out. */
export interface FlowQueues {
  /** What waits in a flow's queue, and among its dead letters. */
  depthsOf(flow: Part): Promise<{ readonly queue: Depth; readonly deadLetters: Depth }>;
  /** How long the oldest message of each flow has waited, in seconds; of one that nothing is told of there is none. */
  agesOf(flows: readonly Part[]): Promise<ReadonlyMap<Part, number>>;
}

/** `output`: answers the data stack's output of a name. */
export function createFlowQueues(sqs: SQSClient, ages: MessageAges, output: (name: string) => string): FlowQueues {
  const nameOf = ({ integration, name }: Part) => output(queueUrlOutput(integration, name)).split('/').at(-1) ?? '';
  return {
    async depthsOf({ integration, name }) {
      const [queue, deadLetters] = await Promise.all([
        readDepth(sqs, output(queueUrlOutput(integration, name))),
        readDepth(sqs, output(deadLettersUrlOutput(integration, name))),
      ]);
      return { queue, deadLetters };
    },
    async agesOf(flows) {
      const found = await ages(flows.map(nameOf));
      const known = flows.flatMap((flow) => {
        const age = found.get(nameOf(flow));
        return age === undefined ? [] : [[flow, age] as const];
      });
      return new Map(known);
    },
  };
}

async function readDepth(sqs: SQSClient, queueUrl: string): Promise<Depth> {
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const asked = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...names] });
  const { Attributes } = await sqs.send(asked);
  const [visible = 0, inFlight = 0] = names.map((name) => Number(Attributes?.[name] ?? 0));
  return { visible, inFlight };
}
