import http from 'node:http';
import https from 'node:https';
import type { SignedRequest } from '../../functions/contract/signature-scheme.ts';

/** Senders wait about as long. */
const timeoutMs = 10_000;

/** How a receiver answered, and after how many milliseconds. */
export interface Answered {
  /** Its status, or why there is none: `ECONNREFUSED`. */
  readonly status: number | string;
  readonly ms: number;
  readonly correlationId: string | undefined;
}

export interface Poster {
  /** Never throws: no answer is an answer, too. */
  post(request: SignedRequest, url: string): Promise<Answered>;
  close(): void;
}

/** Posts on connections that are kept, as senders do. `ca`: PEM of a certificate authority beside the public ones. */
export function createPoster(connections: number, ca: string | undefined): Poster {
  const options = { keepAlive: true, maxSockets: connections };
  const agents = { 'http:': new http.Agent(options), 'https:': new https.Agent({ ...options, ...(ca && { ca }) }) };
  return {
    async post(request, url) {
      const begun = performance.now();
      const { status, correlationId } = await call(request, new URL(url), agents);
      return { status, correlationId, ms: performance.now() - begun };
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

interface Agents {
  readonly 'http:': http.Agent;
  readonly 'https:': https.Agent;
}

function call({ headers, body, method = 'POST' }: SignedRequest, url: URL, agents: Agents) {
  const { promise, resolve } = Promise.withResolvers<Omit<Answered, 'ms'>>();
  const isSecure = url.protocol === 'https:';
  const outgoing = (isSecure ? https.request : http.request)(url, {
    method,
    agent: isSecure ? agents['https:'] : agents['http:'],
    headers: { 'content-type': 'application/json', ...headers, 'content-length': body.length },
    signal: AbortSignal.timeout(timeoutMs),
  });
  const failed = ({ code, name }: NodeJS.ErrnoException) => {
    const status = name === 'AbortError' ? `no answer within ${timeoutMs / 1000} s` : (code ?? name);
    resolve({ status, correlationId: undefined });
  };
  outgoing.on('error', failed);
  outgoing.on('response', (answer) => {
    const { statusCode: status = 0, headers: told } = answer;
    const given = told['x-correlation-id'];
    answer.on('error', failed);
    // Read to its end: that is when a sender has its answer.
    answer.resume().on('end', () => resolve({ status, correlationId: typeof given === 'string' ? given : undefined }));
  });
  outgoing.end(body);
  return promise;
}
