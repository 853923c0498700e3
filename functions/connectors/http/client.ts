import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Http, HttpRequest, HttpResponse, NoResponse } from '../connector.ts';
import { createPublicAddresses, PrivateAddressError, type Resolve } from './public-addresses.ts';

/** A record or a page of a list is far below this; more is a mistake or an attack on our memory. */
const responseLimitBytes = 5 * 1024 * 1024;

/**
 * Node's own clients rather than `fetch`: loading undici costs 24 ms of a cold start. Redirects are answers: nothing is
 * ever sent to a host that nobody named. `resolve`: how the names of public hosts become addresses.
 */
export function createHttp(resolve?: Resolve): Http {
  let made: ReturnType<typeof createPublicAddresses> | undefined;
  // Built by the first call that asks for it: most functions make none.
  const addresses = () => {
    made ??= createPublicAddresses(resolve);
    return made;
  };
  // Sockets to checked addresses are kept apart, or a call that asks for the check could get one without.
  const [kept, keptPublic] = [keptSockets(), keptSockets()];
  return async (request) => {
    if (request.timeoutMs <= 0) return { kind: 'no-response', code: 'out-of-time' };
    const url = new URL(request.url);
    if (request.publicOnly && !addresses().mayConnectTo(url.hostname)) return privateAddress;
    const sockets = request.publicOnly ? { ...keptPublic, lookup: addresses().lookup } : kept;
    const first = await send(request, url, sockets);
    if (first !== 'stale-socket') return first;
    // A kept socket that the other side closed while we slept (a frozen Lambda) fails at once; nothing was carried out
    // that a repeated read could double. The others that were kept are as old: the repeat gets a socket of its own.
    const second = await send(request, url, { ...sockets, ...newSockets });
    return second === 'stale-socket' ? { kind: 'no-response', code: 'connection' } : second;
  };
}

interface Sockets {
  readonly 'http:': HttpAgent | false;
  readonly 'https:': HttpsAgent | false;
  readonly lookup?: LookupFunction;
}

const newSockets: Sockets = { 'http:': false, 'https:': false };

function keptSockets(): Sockets {
  const options = { keepAlive: true, maxSockets: 50 };
  return { 'http:': new HttpAgent(options), 'https:': new HttpsAgent(options) };
}

function send(request: HttpRequest, url: URL, sockets: Sockets): Promise<HttpResponse | NoResponse | 'stale-socket'> {
  const signal = AbortSignal.timeout(request.timeoutMs);
  return new Promise((resolve) => {
    const secure = url.protocol === 'https:';
    const options = {
      method: request.method,
      headers: request.headers,
      signal,
      agent: secure ? sockets['https:'] : sockets['http:'],
      lookup: sockets.lookup,
    };
    const outgoing = (secure ? httpsRequest : httpRequest)(url, options, (incoming) => {
      collect(incoming).then(resolve, () => resolve(failed(signal)));
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      const stale = outgoing.reusedSocket && error.code === 'ECONNRESET' && request.method === 'GET';
      if (error instanceof PrivateAddressError) resolve(privateAddress);
      else resolve(stale ? 'stale-socket' : failed(signal));
    });
    outgoing.end(request.body);
  });
}

const privateAddress: NoResponse = { kind: 'no-response', code: 'private-address' };

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
