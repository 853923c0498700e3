import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { onlyLoopback } from './only-loopback.ts';

export interface RequestOptions {
  /** @default POST where there is a body, else GET */
  readonly method?: string;
  /** A doubled header is a list. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
  /** PEM file of the certificates to trust, for https. */
  readonly caFile?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** Sends exactly these bytes and headers to this machine. `fetch` would refuse or change some of them. */
export function request(url: string, { method, headers = {}, body, caFile }: RequestOptions = {}): Promise<Answer> {
  const { protocol } = new URL(onlyLoopback(url));
  const open = protocol === 'https:' ? https.request : http.request;
  const trust = caFile === undefined ? {} : { ca: readFileSync(caFile, 'utf8') };
  const sent = { ...headers, ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }) };
  return new Promise((resolve, reject) => {
    const call = open(url, {
      ...trust,
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: sent as http.OutgoingHttpHeaders,
    });
    call.on('error', reject);
    call.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('error', reject);
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const status = response.statusCode ?? 0;
        resolve({ status, headers: response.headers, body: Buffer.concat(chunks).toString('utf8') });
      });
    });
    call.end(body);
  });
}
