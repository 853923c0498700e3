import { isIPv4 } from 'node:net';
import { LocalError } from './local-error.ts';

/** Whether a URL's host can only mean this machine: `localhost`, 127.0.0.0/8 or `[::1]`. */
function isLoopback(url: URL): boolean {
  const host = url.hostname.toLowerCase();
  return host === 'localhost' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'));
}

/**
 * Reads an endpoint's address, without a path or a trailing slash.
 * @throws {LocalError} where it is no http(s) address, or of another machine: local secrets and simulated systems must
 * never be deployed into an account that someone uses.
 */
export function parseEndpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new LocalError(
      `AWS_ENDPOINT_URL is '${text}', which is no http(s) address. Unset it, and an emulator is started.`,
    );
  }
  if (!isLoopback(url)) {
    throw new LocalError(
      `AWS_ENDPOINT_URL names the host '${url.hostname}', which is not this machine. The local pipeline fills the ` +
        'endpoint with made-up secrets and simulated systems, so only localhost, 127.0.0.0/8 and [::1] are accepted. ' +
        'Unset AWS_ENDPOINT_URL, and an emulator is started; to deploy to AWS, use `npx cdk deploy`.',
    );
  }
  return url.origin;
}
