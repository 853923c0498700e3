import { rootCertificates } from 'node:tls';
import type { Certificates } from '../../contract/certificates.ts';
import type { Http } from '../connector.ts';
import { createHttp } from './client.ts';

/** A webhook waits for it: its sender gives up after some seconds. */
const timeoutMs = 3000;

/**
 * Certificates from public hosts, and the authorities that Node itself trusts: for schemes that prove their key by one,
 * `paypal({ certificates: publicCertificates() })`. Redirects are not followed.
 */
export function publicCertificates(connect: () => Http = createHttp): Certificates {
  let http: Http | undefined;
  return {
    download: async (url) => {
      http ??= connect();
      const answer = await http({ method: 'GET', url, headers: {}, publicOnly: true, timeoutMs });
      if (answer.kind === 'no-response') throw new Error(`No answer from ${new URL(url).hostname}: ${answer.code}`);
      if (answer.status === 200) return answer.body;
      // Whoever is busy or broken has not said that there is none.
      if (answer.status === 429 || answer.status >= 500) {
        throw new Error(`${new URL(url).hostname} answered ${answer.status}`);
      }
      return undefined;
    },
    authorities: () => rootCertificates,
  };
}
