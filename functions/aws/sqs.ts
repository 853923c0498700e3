import { SQSClient } from '@aws-sdk/client-sqs';
import { awsCallLimits } from './call-limits.ts';

/**
 * SQS at the endpoint that the environment names. A queue's URL may have another host than that (an emulator's does), and
 * the SDK would follow it with a warning on every start.
 */
export function createSqs(): SQSClient {
  return new SQSClient({ ...awsCallLimits, useQueueUrlAsEndpoint: false });
}
