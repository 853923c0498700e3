import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LambdaEnvironment } from '../contract/environment.ts';
import { memberOf, parseJsonBytes } from '../contract/json-bytes.ts';
import { awsCallLimits } from './call-limits.ts';
import { type AwsCredentials, signV4 } from './signature-v4.ts';

/**
 * What AWS answered instead of doing it, by its own code (`ResourceNotFoundException`), or that it did not answer
 * (`NoAnswer`). Whoever called hands the work back; a code that tells of rights or names is the operator's.
 */
export class AwsCallError extends Error {
  override readonly name: string;
  readonly status: number;

  constructor(code: string, status: number) {
    super(
      `AWS did not do it: ${code}${status === 0 ? '' : ` (${status})`}. The work is handed back; look at the code.`,
    );
    this.name = code;
    this.status = status;
  }
}

/** One call of AWS, not signed yet. */
export interface LeanRequest {
  readonly service: string;
  readonly method: 'POST' | 'PUT';
  readonly url: URL;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers the body. @throws {AwsCallError} */
export type SendLean = (request: LeanRequest, environment: LambdaEnvironment) => Promise<Buffer>;

/** As the SDK does: three times in all, after a random part of 100 ms, then of 200. */
const [attempts, backoffMs] = [3, 100];
const busy =
  /^(Throttl|RequestThrottl|RequestTimeout|TooManyRequests|SlowDown|InternalFailure|InternalServiceError|ServiceUnavailable)/;

/** Sends calls to AWS without its SDK, whose loading costs a receiver more than all else together (docs/decisions/022). */
export function createLeanSender(): SendLean {
  const kept = { keepAlive: true, maxSockets: 50 };
  const agents = { 'http:': new HttpAgent(kept), 'https:': new HttpsAgent(kept) };
  return async ({ service, method, url, headers, body }, environment) => {
    const scope = { region: environment.AWS_REGION, service };
    const unsigned = { method, host: url.host, path: url.pathname, headers, body };
    for (let attempt = 1; ; attempt += 1) {
      const signed = signV4(unsigned, scope, credentialsOf(environment), Date.now());
      const answer = await send(url, method, signed, body, agents);
      if (answer.status >= 200 && answer.status < 300) return answer.body;
      const code = codeOf(answer);
      const mayPass = answer.status === 0 || answer.status >= 500 || answer.status === 429 || busy.test(code);
      if (!mayPass || attempt === attempts) throw new AwsCallError(code, answer.status);
      const waitMs = Math.random() * backoffMs * 2 ** (attempt - 1);
      await new Promise((resume) => setTimeout(resume, waitMs));
    }
  };
}

const credentialsOf = (environment: LambdaEnvironment): AwsCredentials => ({
  accessKeyId: environment.AWS_ACCESS_KEY_ID,
  secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
  sessionToken: environment.AWS_SESSION_TOKEN,
});

export const domainOf = (region: string) => (region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com');

/** `status` 0: there was none. */
interface AwsAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/** `com.amazonaws.sqs#QueueDoesNotExist`, or with a namespace behind it: the name alone. S3 answers in XML. */
function codeOf({ status, body }: AwsAnswer): string {
  if (status === 0) return 'NoAnswer';
  const type = memberOf(parseJsonBytes(body), '__type');
  const named = typeof type === 'string' ? /(?:^|#)(\w+)(?::|$)/.exec(type) : /<Code>(\w+)<\/Code>/.exec(String(body));
  return named?.[1] ?? `Http${status}`;
}

function send(
  url: URL,
  method: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  agents: { readonly 'http:': HttpAgent; readonly 'https:': HttpsAgent },
): Promise<AwsAnswer> {
  const { promise, resolve } = Promise.withResolvers<AwsAnswer>();
  const none = () => resolve({ status: 0, body: Buffer.alloc(0) });
  const isSecure = url.protocol === 'https:';
  const { requestTimeout } = awsCallLimits.requestHandler;
  const outgoing = (isSecure ? httpsRequest : httpRequest)(url, {
    method,
    agent: isSecure ? agents['https:'] : agents['http:'],
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    signal: AbortSignal.timeout(requestTimeout),
  });
  outgoing.on('error', none);
  outgoing.on('response', (answer) => {
    const chunks: Buffer[] = [];
    answer.on('error', none);
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks) }));
  });
  outgoing.end(body);
  return promise;
}
