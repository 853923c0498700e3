import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach } from 'vitest';
import type { SignatureScheme, SignedRequest } from '../../../functions/contract/signature-scheme.ts';
import { MemoryStage } from './stage.ts';
import { type Situation, millrace as typed } from './typed.ts';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly url: string;
}

/** What `millrace send` finds in a test: a stage in memory, and a receiver that keeps what it gets. */
export const scene = {
  stage: new MemoryStage(),
  /** The stages that were opened. */
  opened: [] as string[],
  received: [] as Received[],
  /** How the receiver answers, once what was received last is there. */
  status: () => 202,
  /** Answers wait for it. */
  mayAnswer: async () => {},
  /** Requests at the receiver at the same time. */
  atOnce: { now: 0, most: 0 },
};

const server = createServer(async (request, response) => {
  const { atOnce, received } = scene;
  atOnce.now += 1;
  atOnce.most = Math.max(atOnce.most, atOnce.now);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  received.push({ headers: request.headers, body: Buffer.concat(chunks), url: request.url ?? '' });
  const status = scene.status();
  await scene.mayAnswer();
  atOnce.now -= 1;
  response.writeHead(status, { 'x-correlation-id': 'corr-7' });
  response.end();
});

/** Starts the receiver anew for each test of the file. */
export function useReceiver(): void {
  beforeEach(async () => {
    const [status, mayAnswer] = [() => 202, async () => {}];
    const atOnce = { now: 0, most: 0 };
    Object.assign(scene, { stage: new MemoryStage(), opened: [], received: [], status, mayAnswer, atOnce });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    scene.stage.webhookUrl = `${origin()}/v1/webhooks/any`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
}

export const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** Types `millrace send` and these words. */
export function send(situation: Partial<Situation>, ...words: readonly string[]) {
  const openStage = async (name: string) => {
    scene.opened.push(name);
    return scene.stage;
  };
  return typed({ openStage, ...situation }, 'send', ...words);
}

/** An integration of one source, `shop/source`, which signs so. */
export const sourceBy = (scheme: SignatureScheme) => ({
  integrations: [{ name: 'shop', systems: { source: { webhook: { scheme } } }, flows: {} }],
});

/** What was received, as a scheme verifies it. */
export function requests(): SignedRequest[] {
  return scene.received.map(({ headers, body, url }) => ({
    headers: headers as Record<string, string>,
    body,
    method: 'POST',
    url: origin() + url,
  }));
}
