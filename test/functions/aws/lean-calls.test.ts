import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLeanAws } from '../../../functions/aws/lean-calls.ts';
import { AwsCallError } from '../../../functions/aws/lean-request.ts';

interface Call {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly input: unknown;
}

let calls: Call[];
/** What AWS answers, in turn; the last one from then on. `undefined`: the connection is cut. */
let answers: (readonly [status: number, body: string] | undefined)[];

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { method, url: path, headers } = request;
  calls.push({ method, path, headers, input: JSON.parse(Buffer.concat(chunks).toString()) });
  const answer = answers.length > 1 ? answers.shift() : answers[0];
  if (answer === undefined) return request.socket.destroy();
  response.writeHead(answer[0]);
  return response.end(answer[1]);
});

beforeEach(async () => {
  calls = [];
  answers = [[200, '{"MessageId":"1","SecretString":"text"}']];
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

const endpoint = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const access = () => ({
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'AKIA',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'session',
  AWS_ENDPOINT_URL: endpoint(),
});
const message = { QueueUrl: 'https://sqs.test/flow.fifo', MessageBody: 'Zoë', MessageGroupId: 'g' };

it('stores large data without the SDK as the SDK does', async () => {
  const [text, key] = ['{"a":"Zoë"}', 'events/shop/orders/1/2'];
  const sha256 = createHash('sha256').update(text).digest('hex');
  const credentials = { accessKeyId: 'AKIA', secretAccessKey: 'secret', sessionToken: 'session' };
  const client = new S3Client({ region: 'eu-central-1', endpoint: endpoint(), credentials, forcePathStyle: true });
  const options = { ContentType: 'application/json', ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64') };
  await client.send(new PutObjectCommand({ Bucket: 'data', Key: key, Body: text, ...options }));

  await createLeanAws(access).largeDataIn('data').put({ key, sha256, bytes: 12 }, text);

  const [theirs, ours] = calls;
  expect(ours).toMatchObject({ method: 'PUT', path: '/data/events/shop/orders/1/2', input: { a: 'Zoë' } });
  expect(theirs?.path).toContain(ours?.path);
  const told = ({ headers }: Call) => ({
    headers: ['content-type', 'content-length', 'host', 'x-amz-content-sha256'].map((name) => headers[name]),
    scope: headers.authorization?.replace(/, .*/, ''),
  });
  expect(told(ours!)).toEqual(told(theirs!));
});

it('tells why S3 stored nothing, by its code', async () => {
  answers = [[403, '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>']];
  const store = createLeanAws(access).largeDataIn('data');

  const error = await store.put({ key: 'k', sha256: '0', bytes: 2 }, '{}').catch((thrown) => thrown);

  expect(error).toMatchObject({ name: 'AccessDenied', status: 403 });
  expect(calls).toHaveLength(1);
});

describe('a call without the SDK', () => {
  it.each([
    ['sqs', 'SendMessage', message],
    ['secretsmanager', 'GetSecretValue', { SecretId: 'id' }],
  ] as const)('of %s is the one that the SDK makes', async (service, operation, input) => {
    const client = {
      region: 'eu-central-1',
      endpoint: endpoint(),
      credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret', sessionToken: 'session' },
    };
    // Its check of the message's hash is not what is compared here.
    if (service === 'sqs')
      await new SQSClient({ ...client, md5: false }).send(new SendMessageCommand(input as typeof message));
    else await new SecretsManagerClient(client).send(new GetSecretValueCommand(input as { SecretId: string }));

    const answer = await createLeanAws(access).call(service, operation, input);

    const [theirs, ours] = calls;
    const told = ({ method, path, input: sent, headers }: Call) => ({
      ...{ method, path, sent },
      headers: ['content-type', 'x-amz-target', 'x-amz-security-token', 'host', 'content-length'].map(
        (name) => headers[name],
      ),
      scope: headers.authorization?.replace(/, .*/, ''),
    });
    expect(told(ours!)).toEqual(told(theirs!));
    expect(ours!.headers.authorization).toMatch(
      /SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=[0-9a-f]{64}$/,
    );
    expect(answer).toMatchObject({ MessageId: '1' });
  });

  it.each([
    ['no connection', undefined],
    ['an internal failure', [500, '{"__type":"InternalFailure"}'] as const],
    ['throttling', [400, '{"__type":"com.amazonaws.sqs#ThrottlingException"}'] as const],
    ['no JSON', [503, 'Service Unavailable'] as const],
  ])('is made again after %s, signed anew', async (_what, failure) => {
    answers = [failure, failure, [200, '{"MessageId":"2"}']];

    const answer = await createLeanAws(access).call('sqs', 'SendMessage', message);

    expect(answer).toEqual({ MessageId: '2' });
    expect(calls).toHaveLength(3);
  });

  it.each([
    ['no connection', undefined, 'NoAnswer', 0],
    ['a failure without a code', [502, ''] as const, 'Http502', 502],
    ['throttling', [400, '{"__type":"ThrottlingException"}'] as const, 'ThrottlingException', 400],
  ])('gives up at the third time: %s', async (_what, failure, name, status) => {
    answers = [failure];

    const error = await createLeanAws(access)
      .call('sqs', 'SendMessage', message)
      .catch((thrown) => thrown);

    expect(error).toBeInstanceOf(AwsCallError);
    expect(error).toMatchObject({ name, status });
    expect(calls).toHaveLength(3);
  });

  it.each([
    ['{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"no"}', 'QueueDoesNotExist'],
    ['{"__type":"ResourceNotFoundException"}', 'ResourceNotFoundException'],
    ['{"__type":"AccessDeniedException:http://internal.amazon.com/"}', 'AccessDeniedException'],
    ['{}', 'Http400'],
  ])('is not made again where AWS refuses it: %s', async (body, name) => {
    answers = [[400, body]];

    await expect(createLeanAws(access).call('secretsmanager', 'GetSecretValue', {})).rejects.toMatchObject({ name });
    expect(calls).toHaveLength(1);
  });

  it('asks where AWS is only when it is called, and once', async () => {
    let asked = 0;
    const { call } = createLeanAws(() => {
      asked += 1;
      return access();
    });
    expect(asked).toBe(0);

    await call('sqs', 'SendMessage', message);
    await call('sqs', 'SendMessage', message);

    expect(asked).toBe(1);
  });
});
