import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** What a stub answers; a function does what it wants with the response and its socket. */
export type StubAnswer =
  | { status: number; headers?: Record<string, string>; body?: string }
  | ((response: ServerResponse, socket: Socket) => void);

export interface StubRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server on loopback that gives its answers in turn, then the last one again; it ends with the test. */
export async function stubServer(...answers: [StubAnswer, ...StubAnswer[]]) {
  const requests: StubRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers, socket } = request;
      const answer = answers[Math.min(requests.length, answers.length - 1)] ?? answers[0];
      requests.push({ method, url, headers, body: Buffer.concat(chunks).toString('utf8') });
      if (typeof answer === 'function') answer(response, socket);
      else response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}`, requests };
}
