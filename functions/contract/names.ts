/** The app's name: first part of every name it gives. */
export const appName = 'millrace';

/** `millrace-dev`: stacks, functions and alarms of one stage begin so; it is the metrics' namespace, too. */
export function stageName(stage: string): string {
  return `${appName}-${stage}`;
}

/**
 * What a system's secret is for. `webhook`: signs what it sends us. `credentials`: what we sign in with (an API key, or
 * an OAuth client). `token`: the access token that `refresh-token` made of the credentials.
 */
export type SecretPurpose = 'webhook' | 'credentials' | 'token';

/** The Secrets Manager name of a system's secret: `millrace-dev/salesforce-stripe/stripe/webhook`. */
export function secretName(stage: string, integration: string, system: string, purpose: SecretPurpose): string {
  return `${stageName(stage)}/${integration}/${system}/${purpose}`;
}

/** First part of every path that webhooks are posted to. */
export const webhookVersion = 'v1';

/** Where a system posts its webhooks. */
export function webhookPath(integration: string, system: string): string {
  return `/${webhookVersion}/webhooks/${integration}/${system}`;
}

/** The `service` of logs and metrics: one per source and one per flow. */
export function serviceName(integration: string, part: string): string {
  return `${integration}/${part}`;
}

/**
 * A bundle's folder below `dist/functions/<integration>`: `receive-webhook-stripe`, `receive-event-stripe`,
 * `deliver-event-<flow>`, `refresh-token-salesforce`, `rotate-secret-stripe`, `rotate-webhook-secret-salesforce`.
 */
export function bundleName(
  part:
    | 'receive-webhook'
    | 'receive-event'
    | 'deliver-event'
    | 'refresh-token'
    | 'rotate-secret'
    | 'rotate-webhook-secret',
  of: string,
): string {
  return `${part}-${of}`;
}

/** An integration's one `watch-health`: its bundle's folder, and the `service` of its own logs. */
export const watchHealth = 'watch-health';

/** An integration's one `park-dead-letter`: its bundle's folder, and the `service` of its logs. */
export const parkDeadLetter = 'park-dead-letter';

/** The data stack's outputs that name the state table, the table of parked events, and the bucket of large data. */
export const stateTableOutput = 'StateTableName';
export const parkedTableOutput = 'ParkedTableName';
export const dataBucketOutput = 'DataBucketName';

/** `salesforce-stripe` and `stripe` become `SalesforceStripeStripe`: a stack's outputs take letters and digits only. */
export function outputName(...parts: readonly string[]): string {
  const words = parts.flatMap((part) => part.split('-'));
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

/** The data stack's output with the address of a flow's queue: `QueueUrlSalesforceStripeStripeCustomerToAccount`. */
export function queueUrlOutput(integration: string, flow: string): string {
  return outputName('QueueUrl', integration, flow);
}

/** The data stack's output with an integration's limits, as JSON by system. */
export function limitsOutput(integration: string): string {
  return outputName('Limits', integration);
}

/** The data stack's output with the name of the bus that a system's events come by: `EventBusSalesforceStripeStripe`. */
export function eventBusOutput(integration: string, system: string): string {
  return outputName('EventBus', integration, system);
}

/** The address of the flow's dead letters. */
export function deadLettersUrlOutput(integration: string, flow: string): string {
  return outputName('DeadLettersUrl', integration, flow);
}

/** The pipeline stack's output with the name of a system's `rotate-secret`: `RotateSecretSalesforceStripeStripe`. */
export function rotateSecretOutput(integration: string, system: string): string {
  return outputName('RotateSecret', integration, system);
}

/** The same of the function that replaces the signing secret of its webhooks. */
export function rotateWebhookSecretOutput(integration: string, system: string): string {
  return outputName('RotateWebhookSecret', integration, system);
}

/**
 * The parked table's index of what is not settled, oldest first, and what it shows of an event: all but the body, which is
 * read of one event at a time.
 */
export const unsettledIndex = {
  name: 'unsettled',
  attributes: ['status', 'generation', 'subject', 'eventType', 'groupId', 'letter'],
} as const;

/** All of a parked event but its message: what may be seen by whoever may not read messages. */
export const parkedMetadata = [
  'pk',
  'sk',
  ...unsettledIndex.attributes,
  'parkedMs',
  'settledMs',
  'note',
  'dataBytes',
] as const;

/** DLQ message attributes of a dead letter; SQS takes ten. What SQS itself moved there has none. */
export const deadLetterAttributes = [
  'reason',
  'category',
  'attempts',
  'lastErrorCode',
  'correlationId',
  'firstSeen',
  'generation',
] as const;
