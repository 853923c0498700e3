import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { Context } from 'aws-lambda';
import { onTestFinished, vi } from 'vitest';

/** One call that a handler made to AWS: `SQS.SendMessage`, `DynamoDB.PutItem`, `Lambda.Invoke`. */
export interface AwsCall {
  readonly action: string;
  readonly input: Record<string, unknown>;
}

type Answer = (input: Record<string, unknown>) => object;

/**
 * An AWS endpoint on loopback that knows just the calls it is given, and what every client needs to get there. An answer
 * with a `__type` is an error of that name.
 */
export async function awsEndpoint(answers: Readonly<Record<string, Answer>>): Promise<AwsCall[]> {
  const calls: AwsCall[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const target = String(request.headers['x-amz-target'] ?? 'Lambda.Invoke');
      const action = target.replace(/^(Amazon)?(\w+?)(_\d+)?\./, '$2.');
      const input = JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}') as Record<string, unknown>;
      calls.push({ action, input });
      const answer = answers[action];
      const body = answer === undefined ? { __type: 'UnknownOperationException' } : answer(input);
      response.writeHead('__type' in body ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    vi.unstubAllEnvs();
  });
  const { port } = server.address() as { port: number };
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${port}`);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'none');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'none');
  return calls;
}

/** What SQS answers to SendMessage: the client checks the hash. */
export const sendMessageAnswer: Answer = ({ MessageBody }) => ({
  MessageId: 'sent',
  MD5OfMessageBody: createHash('md5').update(String(MessageBody)).digest('hex'),
});

/** The context of an invocation with half a minute left. */
export const aContext = {
  functionName: 'millrace-test-function',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:millrace-test-function',
  memoryLimitInMB: '512',
  awsRequestId: 'request-1',
  getRemainingTimeInMillis: () => 30_000,
} as Context;

/** Keeps what the handler writes to the log away from the test's output; answers the lines. */
export function capturedLog(): string[] {
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  const lines: string[] = [];
  for (const method of ['log', 'info', 'warn', 'error'] as const) {
    const spy = vi.spyOn(console, method).mockImplementation((text: unknown) => void lines.push(String(text)));
    onTestFinished(() => spy.mockRestore());
  }
  return lines;
}
