import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Source } from './description.ts';
import { apiUrl, credentials, type Endpoint, region } from './endpoint.ts';
import { writeFileAtomically } from './files.ts';
import type { WebhookSecrets } from './secrets.ts';
import type { Systems } from './systems.ts';

/** What `local.json` says: all that a tool needs to use a running pipeline. Files are absolute paths that hold just the value. */
export interface LocalFile {
  readonly endpoint: string;
  readonly region: string;
  readonly caFile: string;
  /** May do everything there. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** `<integration>/<source>` -> where and how it posts. */
  readonly webhooks: Readonly<Record<string, { url: string; scheme: string; secretFile: string }>>;
  readonly systems: {
    readonly salesforce: { readonly url: string; readonly clientId: string; readonly clientSecretFile: string };
    readonly stripe: { readonly url: string; readonly apiKeyFile: string };
    readonly github: { readonly url: string };
    /** Stands in for every REST system. */
    readonly endpoint: { readonly url: string; readonly tokenFile: string };
    /** Stands in for every GraphQL system. */
    readonly graphql: { readonly url: string; readonly tokenFile: string };
  };
  /** Gets the output of all functions. */
  readonly logs: string;
}

export interface LocalFileOptions {
  /** Where `local.json` and the files it names go. */
  readonly folder: string;
  readonly endpoint: Endpoint;
  readonly apiPath: string;
  readonly secrets: WebhookSecrets;
  readonly systems: Systems;
  readonly logs: string;
}

/** Where a source posts its webhooks. */
export function webhookUrl(endpoint: Endpoint, apiPath: string, source: Source): string {
  return `${apiUrl(endpoint, apiPath)}${source.path}`;
}

/** Writes the files that hold secrets, and describes everything; `local.json` itself is not yet written. */
export async function writeSecretFiles(options: LocalFileOptions): Promise<LocalFile> {
  const { endpoint, systems, logs } = options;
  const folder = join(options.folder, 'secrets');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const keep = async (name: string, value: string) => {
    const path = join(folder, name);
    await writeFileAtomically(path, value);
    return path;
  };
  const webhooks = [...options.secrets].map(async ([source, secret]) => {
    const secretFile = await keep(`${source.integration}.${source.name}.webhook`, secret);
    const webhook = { url: webhookUrl(endpoint, options.apiPath, source), scheme: source.scheme, secretFile };
    return [`${source.integration}/${source.name}`, webhook] as const;
  });
  const { salesforce, stripe, github, endpoint: plain, graphql } = systems;
  const clientSecretFile = await keep('salesforce.client-secret', salesforce.clientSecret);
  return {
    endpoint: endpoint.url,
    region,
    caFile: endpoint.caFile,
    credentials,
    webhooks: Object.fromEntries(await Promise.all(webhooks)),
    systems: {
      salesforce: { url: salesforce.url, clientId: salesforce.clientId, clientSecretFile },
      stripe: { url: stripe.url, apiKeyFile: await keep('stripe.api-key', stripe.apiKey) },
      github: { url: github.url },
      endpoint: { url: plain.url, tokenFile: await keep('endpoint.token', plain.token) },
      graphql: { url: graphql.url, tokenFile: await keep('graphql.token', graphql.token) },
    },
    logs,
  };
}

/** Announces the pipeline; resolves to what takes that back. */
export async function writeLocalFile(folder: string, content: LocalFile): Promise<() => Promise<void>> {
  const path = join(folder, 'local.json');
  await writeFileAtomically(path, `${JSON.stringify(content, null, 2)}\n`);
  return () => rm(path, { force: true });
}
