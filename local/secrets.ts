import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { PipelineDescription, Source } from './description.ts';
import { clientOptions, type Endpoint } from './endpoint.ts';
import { credentialsOf, newWebhookSecret, type Systems } from './systems.ts';

export type WebhookSecrets = ReadonlyMap<Source, string>;

/** Fills the secrets, which the stacks made empty; resolves to the one that each source signs with. */
export async function fillSecrets(
  endpoint: Endpoint,
  description: PipelineDescription,
  systems: Systems,
): Promise<WebhookSecrets> {
  const client = new SecretsManagerClient(await clientOptions(endpoint));
  const put = (SecretId: string, SecretString: string) =>
    client.send(new PutSecretValueCommand({ SecretId, SecretString }));
  const webhooks = new Map(description.sources.map((source) => [source, newWebhookSecret(source.scheme)]));
  try {
    await Promise.all([
      ...[...webhooks].map(([source, secret]) => put(source.secretName, secret)),
      ...description.credentials.map(({ system, secretName }) =>
        put(secretName, JSON.stringify(credentialsOf(systems, system))),
      ),
    ]);
    return webhooks;
  } finally {
    client.destroy();
  }
}
