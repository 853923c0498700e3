import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Http, HttpRequest, HttpResponse, NoResponse } from '../connector.ts';

/** A record or a page of a list is far below this; more is a mistake or an attack on our memory. */
const responseLimitBytes = 5 * 1024 * 1024;

/** Node's own clients rather than `fetch`: loading undici costs 24 ms of a cold start. */
export function createHttp(): Http {
  const options = { keepAlive: true, maxSockets: 50 };
  const agents = { 'http:': new HttpAgent(options), 'https:': new HttpsAgent(options) };
  return async (request) => {
    if (request.timeoutMs <= 0) return { kind: 'no-response', code: 'out-of-time' };
    const first = await send(request, agents);
    // A kept socket that the other side closed while we slept (a frozen Lambda) fails at once; nothing was carried out
    // that a repeated read could double. The others that were kept are as old: the repeat gets a socket of its own.
    return first === 'stale-socket' ? noStale(await send(request, noAgents)) : first;
  };
}

type Agents = { 'http:': HttpAgent | false; 'https:': HttpsAgent | false };

const noAgents: Agents = { 'http:': false, 'https:': false };

function noStale(result: HttpResponse | NoResponse | 'stale-socket'): HttpResponse | NoResponse {
  return result === 'stale-socket' ? { kind: 'no-response', code: 'connection' } : result;
}

function send(request: HttpRequest, agents: Agents): Promise<HttpResponse | NoResponse | 'stale-socket'> {
  const signal = AbortSignal.timeout(request.timeoutMs);
  return new Promise((resolve) => {
    const url = new URL(request.url);
    const secure = url.protocol === 'https:';
    const options = {
      method: request.method,
      headers: request.headers,
      signal,
      agent: secure ? agents['https:'] : agents['http:'],
    };
    const outgoing = (secure ? httpsRequest : httpRequest)(url, options, (incoming) => {
      collect(incoming).then(resolve, () => resolve(failed(signal)));
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      const stale = outgoing.reusedSocket && error.code === 'ECONNRESET' && request.method === 'GET';
      resolve(stale ? 'stale-socket' : failed(signal));
    });
    outgoing.end(request.body);
  });
}

function failed(signal: AbortSignal): NoResponse {
  return { kind: 'no-response', code: signal.aborted ? 'timeout' : 'connection' };
}

async function collect(incoming: IncomingMessage): Promise<HttpResponse | NoResponse> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > responseLimitBytes) {
      incoming.destroy();
      return { kind: 'no-response', code: 'response-too-large' };
    }
    chunks.push(bytes);
  }
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return { kind: 'response', status: incoming.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString('utf8') };
}
