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

/** Where a system posts its webhooks. */
export function webhookPath(integration: string, system: string): string {
  return `/v1/webhooks/${integration}/${system}`;
}

/** The `service` of logs and metrics: one per source and one per flow. */
export function serviceName(integration: string, part: string): string {
  return `${integration}/${part}`;
}

/**
 * A bundle's folder below `dist/functions/<integration>`: `receive-webhook-stripe`, `deliver-event-<flow>`,
 * `refresh-token-salesforce`.
 */
export function bundleName(part: 'receive-webhook' | 'deliver-event' | 'refresh-token', of: string): string {
  return `${part}-${of}`;
}

/** An integration's one `watch-health`: its bundle's folder, and the `service` of its own logs. */
export const watchHealth = 'watch-health';

/** The data stack's output that names the state table. */
export const stateTableOutput = 'StateTableName';

/** DLQ message attributes of a dead letter; SQS takes ten. */
export const deadLetterAttributes = [
  'reason',
  'category',
  'attempts',
  'lastErrorCode',
  'correlationId',
  'firstSeen',
] as const;
