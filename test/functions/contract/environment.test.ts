import { describe, expect, test } from 'vitest';
import {
  type DeliverEnvironment,
  deliverEnvironment,
  type ParkEnvironment,
  parkEnvironment,
  parseEnvironment,
  type ReceiveEnvironment,
  type RefreshEnvironment,
  type RotateEnvironment,
  type RotateWebhookEnvironment,
  receiveEnvironment,
  refreshEnvironment,
  rotateEnvironment,
  rotateWebhookEnvironment,
} from '../../../functions/contract/environment.ts';

const powertools = {
  POWERTOOLS_SERVICE_NAME: 'salesforce-stripe/stripe',
  POWERTOOLS_METRICS_NAMESPACE: 'millrace-test',
};

const WEBHOOK_SECRET_CLOCKS = '{"cacheMs":3,"rereadMs":2,"overlapMs":9}';
const receive: ReceiveEnvironment = {
  ...powertools,
  DATA_BUCKET: 'data',
  QUEUE_URLS: '{"flow":"https://queue"}',
  WEBHOOK_SECRET_ID: 'secret',
  WEBHOOK_SECRET_CLOCKS,
};
const deliver: DeliverEnvironment = {
  ...powertools,
  QUEUE_URL: 'https://queue',
  DEAD_LETTER_QUEUE_URL: 'https://dlq',
  STATE_TABLE: 'state',
  PARKED_TABLE: 'parked',
  DATA_BUCKET: 'data',
  CREDENTIAL_SECRET_IDS: '{"stripe":"secret"}',
  TOKEN_REFRESHERS: '{}',
  CALL_TIMEOUT_MS: '10000',
  ALLOW_PRIVATE_ADDRESSES: 'false',
  LIMITS: '{}',
  POLICIES: '{}',
};
const park: ParkEnvironment = {
  ...powertools,
  STATE_TABLE: 'state',
  PARKED_TABLE: 'parked',
  DATA_BUCKET: 'data',
  DEAD_LETTER_QUEUES: '{"flow-dead-letters.fifo":"flow"}',
  QUEUE_URLS: '{"flow":"https://queue"}',
};
const refresh: RefreshEnvironment = {
  ...powertools,
  CLIENT_SECRET_ID: 'client',
  TOKEN_SECRET_ID: 'token',
  STATE_TABLE: 'state',
  CALL_TIMEOUT_MS: '10000',
  AUTH_POLICY: '{"waitMs":1,"settlingMs":2,"renewAfterMs":3}',
};
const rotate: RotateEnvironment = { ...powertools, CREDENTIALS_SECRET_ID: 'key', CALL_TIMEOUT_MS: '10000' };
const rotateWebhook: RotateWebhookEnvironment = { ...powertools, WEBHOOK_SECRET_ID: 'secret', WEBHOOK_SECRET_CLOCKS };

const functions = [
  { title: 'receive-webhook', schema: receiveEnvironment, environment: receive },
  { title: 'deliver-event', schema: deliverEnvironment, environment: deliver },
  { title: 'park-dead-letter', schema: parkEnvironment, environment: park },
  { title: 'refresh-token', schema: refreshEnvironment, environment: refresh },
  { title: 'rotate-secret', schema: rotateEnvironment, environment: rotate },
  { title: 'rotate-webhook-secret', schema: rotateWebhookEnvironment, environment: rotateWebhook },
];

describe.each(functions)('the environment of $title', ({ schema, environment }) => {
  test('is read, whatever else is there', () => {
    const parsed = parseEnvironment(schema, { ...environment, AWS_REGION: 'eu-central-1', UNSET: undefined });

    expect(Object.keys(parsed).toSorted()).toEqual(Object.keys(environment).toSorted());
  });

  test.each(Object.keys(environment).map((name) => ({ name })))('is refused by name without $name', ({ name }) => {
    const read = () => parseEnvironment(schema, { ...environment, [name]: undefined });

    expect(read).toThrow(
      `Environment variables missing or malformed: ${name}. Deploy the stack this bundle belongs to.`,
    );
  });

  test.each(Object.keys(environment).map((name) => ({ name })))(
    'is refused by name with an empty $name',
    ({ name }) => {
      const read = () => parseEnvironment(schema, { ...environment, [name]: '' });

      expect(read).toThrow(`malformed: ${name}`);
    },
  );
});

describe('a variable', () => {
  test('that holds JSON or a number comes parsed', () => {
    const parsed = parseEnvironment(deliverEnvironment, deliver);

    expect(parsed).toMatchObject({ CREDENTIAL_SECRET_IDS: { stripe: 'secret' }, TOKEN_REFRESHERS: {} });
    expect(parsed.CALL_TIMEOUT_MS).toBe(10_000);
  });

  test.each(['1.5', '-1', 'ten', '1e3', ' 5'])('CALL_TIMEOUT_MS is refused by name as "%s"', (text) => {
    const read = () => parseEnvironment(deliverEnvironment, { ...deliver, CALL_TIMEOUT_MS: text });

    expect(read).toThrow('malformed: CALL_TIMEOUT_MS');
  });

  test.each(['{', '[1]', '{"flow":1}', '{"flow":""}'])('QUEUE_URLS is refused by name as %s', (text) => {
    const read = () => parseEnvironment(receiveEnvironment, { ...receive, QUEUE_URLS: text });

    expect(read).toThrow(/malformed: QUEUE_URLS/);
  });

  test('is named together with the others that are wrong, and no value is told', () => {
    const wrong = { ...deliver, QUEUE_URL: undefined, CALL_TIMEOUT_MS: 'hunter2' };

    const read = () => parseEnvironment(deliverEnvironment, wrong);

    expect(read).toThrow('QUEUE_URL, CALL_TIMEOUT_MS');
    expect(read).not.toThrow('hunter2');
  });
});
