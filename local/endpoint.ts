import { readFile } from 'node:fs/promises';
import { Agent } from 'node:https';

/** The one region of the local pipeline. */
export const region = 'us-east-1';

/** The root key pair of an emulator: never anyone's real one. */
export const credentials = { accessKeyId: 'test', secretAccessKey: 'test' } as const;

/** Where AWS is, for the local pipeline. */
export interface Endpoint {
  /** Its address, without a trailing slash. */
  readonly url: string;
  /** Certificates that its own is checked against. */
  readonly caFile: string;
}

/** What every AWS SDK client needs to talk to the endpoint, and to nothing else. */
export async function clientOptions(endpoint: Endpoint) {
  const ca = await readFile(endpoint.caFile, 'utf8');
  return {
    endpoint: endpoint.url,
    region,
    credentials,
    requestHandler: { httpsAgent: new Agent({ ca, keepAlive: true }) },
  };
}

/** Where the API is: its own address is a host that this machine doesn't resolve. */
export function apiUrl(endpoint: Endpoint, apiPath: string): string {
  return `${endpoint.url}/_aws/execute-api/${apiPath}`;
}
