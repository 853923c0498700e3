import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { CallLog, type RecordedCall } from './call-log.ts';
import { answerControl, type Controls, isControlPath } from './control-routes.ts';
import { refusalOf, timeTaker } from './fault-effects.ts';
import { faultReader } from './fault-request.ts';
import { type CallSubject, FaultInjector, type Refusal } from './faults.ts';
import type { Chance } from './system.ts';

/** A call, as a simulated system sees it. */
export interface SimulatedRequest {
  method: string;
  /** Still percent-encoded, without the query. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
  /** `http://127.0.0.1:<port>`, where this system can be reached. */
  baseUrl: string;
  /**
   * The time that the work takes: nothing, or the wait of a `slow` fault. A system awaits it before it does the
   * operation, so that a call whose client gave up lands late, as it may in reality.
   */
  takeTime(): Promise<void>;
  /** Whether a `revoked` fault hit the call: its credentials or token must be refused. */
  isRevoked: boolean;
  /** Whether an `expired` fault hit the call: the token that it carries has ended. */
  isExpired: boolean;
  /** Of a collection: the fault that refuses the record of these names, if any. Ask once for each record. */
  recordRefusal(records: readonly string[]): Refusal | undefined;
}

/** An answer; `body` is sent as JSON, and nothing is sent when it is undefined. */
export interface SimulatedResponse {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

/** What a simulated system tells the HTTP server. */
export interface SimulatedApi {
  /** The names by which a fault can hit one kind of call. */
  operations: readonly string[];
  /** What a call is about; a malformed one names less. */
  subjectOf(call: Pick<SimulatedRequest, 'method' | 'path' | 'query' | 'body'>): CallSubject;
  handle(request: SimulatedRequest): Promise<SimulatedResponse>;
  /** The system's own words for a fault that it refuses a call with. */
  refuse(fault: Refusal): SimulatedResponse;
  /** What else steers the simulation, by its path: `/_keys`. @default nothing */
  controls?: ReadonlyMap<string, (request: Pick<SimulatedRequest, 'method' | 'body'>) => SimulatedResponse>;
}

/** A server that listens on loopback only. */
export interface RunningServer {
  url: string;
  stop(): Promise<void>;
}

// Longer than a delivering function keeps an idle socket, so that it is the client who closes and no reuse is cut.
const KEEP_ALIVE_MS = 60_000;

/** Serves one simulated system, its `/_faults`, its `/_calls` and its own controls on 127.0.0.1. `port` 0 takes a free one. */
export async function startHttpServer(port: number, chance: Chance, api: SimulatedApi): Promise<RunningServer> {
  const controls: Controls = {
    faults: new FaultInjector(chance),
    readFault: faultReader(api.operations),
    calls: new CallLog(),
  };
  const stopping = new AbortController();
  const server = createServer({ keepAlive: true, noDelay: true }, (message, answer) => {
    serve({ controls, api, chance, stopping: stopping.signal }, message, answer).catch((error: unknown) => {
      if (!stopping.signal.aborted && !message.socket.destroyed) console.error('The simulation itself failed:', error);
      message.socket.destroy();
    });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a TCP port: listen on 127.0.0.1.');

  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: async () => {
      stopping.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Serving {
  controls: Controls;
  api: SimulatedApi;
  chance: Chance;
  stopping: AbortSignal;
}

async function serve(serving: Serving, message: IncomingMessage, answer: ServerResponse): Promise<void> {
  const method = message.method ?? 'GET';
  const baseUrl = `http://127.0.0.1:${message.socket.localPort}`;
  const { pathname: path, searchParams: query } = new URL(`${baseUrl}${message.url ?? '/'}`);
  if (isControlPath(path)) {
    send(answer, answerControl(serving.controls, { method, path, body: await readBody(message) }));
    return;
  }
  const control = serving.api.controls?.get(path);
  if (control !== undefined) {
    send(answer, control({ method, body: await readBody(message) }));
    return;
  }
  const call = serving.controls.calls.received(method, path, serving.chance.now());
  const sent = { method, path, query, body: await readBody(message) };

  const { faults } = serving.controls;
  const subject = serving.api.subjectOf(sent);
  const fault = faults.next(subject);
  call.fault = fault?.fault ?? null;
  if (fault?.fault === 'reset') {
    message.socket.resetAndDestroy();
    return;
  }
  const takeTime = timeTaker(fault, serving.stopping);
  const response =
    refusalOf(fault, serving.api.refuse) ??
    (await serving.api.handle({
      ...sent,
      headers: message.headers,
      baseUrl,
      takeTime,
      isRevoked: fault?.fault === 'revoked',
      isExpired: fault?.fault === 'expired',
      recordRefusal: (records) => recordRefusal(faults, call, subject, records),
    }));
  await takeTime();
  if (fault?.fault === 'lost-response') message.socket.resetAndDestroy();
  else send(answer, response, call);
}

function recordRefusal(
  faults: FaultInjector,
  call: RecordedCall,
  subject: CallSubject,
  records: readonly string[],
): Refusal | undefined {
  const refusal = faults.nextInCollection(subject, records);
  if (refusal) call.fault ??= refusal;
  return refusal;
}

async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

function send(answer: ServerResponse, response: SimulatedResponse, call?: RecordedCall): void {
  // A client that gave up never saw a status, so none is recorded.
  if (call && !answer.destroyed && !answer.socket?.destroyed) call.status = response.status;
  const payload = response.body === undefined ? undefined : JSON.stringify(response.body);
  answer.writeHead(response.status, {
    ...(payload !== undefined && { 'content-type': 'application/json; charset=utf-8' }),
    ...response.headers,
    ...(payload !== undefined && { 'content-length': String(Buffer.byteLength(payload)) }),
  });
  answer.end(payload);
}
