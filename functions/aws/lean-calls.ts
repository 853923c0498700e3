import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LambdaEnvironment } from '../contract/environment.ts';
import { isObject, memberOf, parseJsonBytes } from '../contract/json-bytes.ts';
import { awsCallLimits } from './call-limits.ts';
import { type AwsCredentials, signV4 } from './signature-v4.ts';

/** The two APIs that a receiver calls, both of JSON: what begins the name of an operation, and their version of it. */
const services = {
  sqs: { target: 'AmazonSQS', contentType: 'application/x-amz-json-1.0' },
  secretsmanager: { target: 'secretsmanager', contentType: 'application/x-amz-json-1.1' },
} as const;

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

export type AwsCall = (service: keyof typeof services, operation: string, input: object) => Promise<unknown>;

/** As the SDK does: three times in all, after a random part of 100 ms, then of 200. */
const [attempts, backoffMs] = [3, 100];
const busy =
  /^(Throttl|RequestThrottl|TooManyRequests|SlowDown|InternalFailure|InternalServiceError|ServiceUnavailable)/;

/**
 * Calls AWS without its SDK, whose loading costs a receiver more than all else together (docs/decisions/022).
 * `access` is asked at the first call: nothing is needed at import.
 */
export function createLeanCalls(access: () => LambdaEnvironment): AwsCall {
  const kept = { keepAlive: true, maxSockets: 50 };
  const agents = { 'http:': new HttpAgent(kept), 'https:': new HttpsAgent(kept) };
  let known: LambdaEnvironment | undefined;
  return async (service, operation, input) => {
    known ??= access();
    const { AWS_REGION: region, AWS_ENDPOINT_URL: endpoint } = known;
    const { target, contentType } = services[service];
    const url = new URL(endpoint ?? `https://${service}.${region}.${domainOf(region)}`);
    const body = JSON.stringify(input);
    const headers = { 'content-type': contentType, 'x-amz-target': `${target}.${operation}` };
    for (let attempt = 1; ; attempt += 1) {
      const signed = signV4({ host: url.host, headers, body }, { region, service }, credentialsOf(known), Date.now());
      const answer = await post(url, signed, body, agents);
      if (answer.status >= 200 && answer.status < 300) return answer.json;
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

const domainOf = (region: string) => (region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com');

/** `status` 0: there was none. */
interface AwsAnswer {
  readonly status: number;
  readonly json: unknown;
}

/** `com.amazonaws.sqs#QueueDoesNotExist`, or with a namespace behind it: the name alone. */
function codeOf({ status, json }: AwsAnswer): string {
  if (status === 0) return 'NoAnswer';
  const type = memberOf(json, '__type');
  return (typeof type === 'string' && /(?:^|#)(\w+)(?::|$)/.exec(type)?.[1]) || `Http${status}`;
}

function post(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  agents: { readonly 'http:': HttpAgent; readonly 'https:': HttpsAgent },
): Promise<AwsAnswer> {
  const { promise, resolve } = Promise.withResolvers<AwsAnswer>();
  const none = () => resolve({ status: 0, json: undefined });
  const isSecure = url.protocol === 'https:';
  const { requestTimeout } = awsCallLimits.requestHandler;
  const outgoing = (isSecure ? httpsRequest : httpRequest)(url, {
    method: 'POST',
    agent: isSecure ? agents['https:'] : agents['http:'],
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    signal: AbortSignal.timeout(requestTimeout),
  });
  outgoing.on('error', none);
  outgoing.on('response', (answer) => {
    const chunks: Buffer[] = [];
    answer.on('error', none);
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.on('end', () => {
      const json = parseJsonBytes(Buffer.concat(chunks));
      resolve({ status: answer.statusCode ?? 0, json: isObject(json) ? json : undefined });
    });
  });
  outgoing.end(body);
  return promise;
}
