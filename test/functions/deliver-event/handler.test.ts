import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { describe, expect, it, vi } from 'vitest';
import type { ConnectorServices } from '../../../functions/connectors/connector.ts';
import { createHandler } from '../../../functions/deliver-event/handler.ts';
import { defaultPolicies } from '../../../functions/specification/policies.ts';
import { aContext, awsEndpoint, capturedLog, sendMessageAnswer } from '../aws/aws-endpoint.ts';
import { aMessage, peopleToPayers } from './support/factories.ts';
import { FakeSystem } from './support/fake-system.ts';

const environment = {
  POWERTOOLS_SERVICE_NAME: 'test/people-to-payers',
  POWERTOOLS_METRICS_NAMESPACE: 'millrace-test',
  QUEUE_URL: 'https://sqs.test/flow.fifo',
  DEAD_LETTER_QUEUE_URL: 'https://sqs.test/flow-dead-letters.fifo',
  STATE_TABLE: 'state',
  PARKED_TABLE: 'parked',
  DATA_BUCKET: 'data',
  CREDENTIAL_SECRET_IDS: '{"crm":"crm-secret","billing":"billing-secret"}',
  TOKEN_REFRESHERS: '{"crm":"refresh-token-crm"}',
  CALL_TIMEOUT_MS: '10000',
  ALLOW_PRIVATE_ADDRESSES: 'false',
  LIMITS: '{}',
  POLICIES: JSON.stringify(defaultPolicies),
};

/** The handler of a flow between two systems in memory, on an AWS that takes everything. */
async function aHandler(differs: Record<string, string> = {}) {
  const log = capturedLog();
  const calls = await awsEndpoint({
    'SQS.SendMessage': sendMessageAnswer,
    'SQS.ChangeMessageVisibilityBatch': () => ({ Successful: [], Failed: [] }),
    'DynamoDB.PutItem': () => ({}),
    'DynamoDB.UpdateItem': () => ({}),
    'DynamoDB.DeleteItem': () => ({}),
    'DynamoDB.GetItem': () => ({}),
    'DynamoDB.BatchGetItem': () => ({ Responses: { state: [] } }),
    'DynamoDB.BatchWriteItem': () => ({}),
    'secretsmanager.GetSecretValue': ({ SecretId }) => ({ SecretString: `text of ${SecretId}` }),
    'Lambda.Invoke': () => ({}),
  });
  for (const [name, value] of Object.entries({ ...environment, ...differs })) vi.stubEnv(name, value);
  const [crm, billing] = [new FakeSystem(Date.now), new FakeSystem(Date.now)];
  const connectedWith: ConnectorServices[] = [];
  const connectTo = (system: FakeSystem) => (services: ConnectorServices) => {
    connectedWith.push(services);
    return system.connect(services);
  };
  const handler = createHandler({
    integration: 'test',
    flow: peopleToPayers,
    source: { name: 'crm', apiVersion: '66.0', connect: connectTo(crm) },
    destination: { name: 'billing', apiVersion: '2026-10-28', connect: connectTo(billing) },
  });
  return { handler, crm, billing, calls, log, connectedWith };
}

let records = 0;

/** A record as Lambda hands it over. */
function aRecord(group: string, message: Parameters<typeof aMessage>[0] = {}): SQSRecord {
  records += 1;
  return {
    messageId: `m${records}`,
    receiptHandle: `r${records}`,
    body: JSON.stringify(aMessage(message)),
    attributes: { MessageGroupId: group, ApproximateReceiveCount: '1', SentTimestamp: String(Date.now()) },
  } as SQSRecord;
}

const anEvent = (...Records: SQSRecord[]): SQSEvent => ({ Records });

describe('deliver-event: the handler', () => {
  it('delivers a batch through the services that its environment names', async () => {
    const { handler, crm, billing, calls, log } = await aHandler();
    crm.records.set('p1', { name: 'Ada', bill_id: null });

    const answer = await handler(anEvent(aRecord('g1', { subject: 'p1' })), aContext);

    expect(answer).toEqual({ batchItemFailures: [] });
    expect(billing.records.get('new-1')).toEqual({ title: 'Ada', crm_id: 'p1' });
    const locks = calls.filter(({ input }) => JSON.stringify(input).includes('"event:test/people-to-payers#'));
    expect(locks.map(({ action }) => action)).toEqual(['DynamoDB.PutItem', 'DynamoDB.UpdateItem']);
    expect(locks[0]?.input).toMatchObject({
      TableName: 'state',
      Item: {
        pk: { S: expect.stringMatching(/^event:test\/people-to-payers#/) },
        expiresAt: { N: expect.any(String) },
        in_progress_expiration: { N: expect.any(String) },
      },
    });
    expect(log.join('\n')).toContain('"DeliveryLatency"');
    expect(log.join('\n')).not.toContain('Ada');
  });

  it('hands back by the receipt handles of the group that failed, and parks in the dead letters', async () => {
    const { handler, crm, billing, calls } = await aHandler();
    for (const id of ['p1', 'p2', 'p3']) crm.records.set(id, { name: id, bill_id: null });
    billing.intercept(({ id, operation }) => {
      if (id === 'p1') return { kind: 'busy', code: 'rate_limit', operation, retryAfterMs: 9_000 };
      return id === 'p2' ? { kind: 'permanent', code: 'INVALID_FIELD', operation } : undefined;
    });
    const batch = [
      aRecord('g1', { subject: 'p1' }),
      aRecord('g2', { subject: 'p2' }),
      aRecord('g1', { subject: 'p3' }),
    ];

    const answer = await handler(anEvent(...batch), aContext);

    const [first, , third] = batch;
    const handedBack = calls.find(({ action }) => action === 'SQS.ChangeMessageVisibilityBatch');
    const parked = calls.find(({ action }) => action === 'SQS.SendMessage');
    expect(answer).toEqual({
      batchItemFailures: [{ itemIdentifier: first?.messageId }, { itemIdentifier: third?.messageId }],
    });
    expect(handedBack?.input).toEqual({
      QueueUrl: environment.QUEUE_URL,
      Entries: [first, third].map((record, index) => ({
        Id: String(index),
        ReceiptHandle: record?.receiptHandle,
        VisibilityTimeout: 9,
      })),
    });
    expect(parked?.input).toMatchObject({ QueueUrl: environment.DEAD_LETTER_QUEUE_URL, MessageGroupId: 'g2' });
    const listed = calls.findIndex(({ input }) => JSON.stringify(input).includes('"parked:test:people-to-payers:p2"'));
    expect(listed).toBeLessThan(calls.findIndex(({ action }) => action === 'SQS.SendMessage'));
  });

  it('explains a hand-back in the state table before it happens, and reads that at the next receive', async () => {
    const { handler, crm, billing, calls } = await aHandler();
    crm.records.set('p1', { name: 'Ada', bill_id: null });
    billing.fail('write', { kind: 'busy', code: 'rate_limit', retryAfterMs: 9_000 });
    const record = aRecord('g1', { subject: 'p1' });
    const eventId = JSON.parse(record.body).id;
    const again = { ...record, attributes: { ...record.attributes, ApproximateReceiveCount: '2' } };

    await handler(anEvent(record), aContext);
    await handler(anEvent(again), aContext);

    const key = { S: `history:test:${record.messageId}` };
    const actions = calls.map(({ action }) => action);
    const written = calls.find(({ action }) => action === 'DynamoDB.BatchWriteItem')?.input;
    expect(actions.indexOf('DynamoDB.BatchWriteItem')).toBeLessThan(
      actions.indexOf('SQS.ChangeMessageVisibilityBatch'),
    );
    expect(written).toMatchObject({ RequestItems: { state: [{ PutRequest: { Item: { pk: key } } }] } });
    expect(calls.find(({ action }) => action === 'DynamoDB.BatchGetItem')?.input).toEqual({
      RequestItems: {
        state: {
          Keys: [{ pk: key }, { pk: { S: `park-request:test:people-to-payers:${eventId}` } }],
          ConsistentRead: true,
        },
      },
    });
  });

  it('gives each system its own secret, and a refresher only where it has one', async () => {
    const { connectedWith, calls } = await aHandler();
    const [crm, billing] = connectedWith;

    const failure = { kind: 'auth', code: 'http-401', operation: 'read', status: 401 } as const;
    const refusal = { failure, timeoutMs: 1_000 };
    const texts = [await crm?.credentials.get(), await billing?.credentials.get()];
    await billing?.credentials.renew('text of billing-secret', refusal);
    await crm?.credentials.renew('text of crm-secret', refusal);

    expect(texts).toMatchObject([{ value: 'text of crm-secret' }, { value: 'text of billing-secret' }]);
    expect(connectedWith.map(({ apiVersion }) => apiVersion)).toEqual(['66.0', '2026-10-28']);
    expect(calls.filter(({ action }) => action === 'Lambda.Invoke')).toHaveLength(1);
  });

  it('counts the calls to a system that has limits, and no others', async () => {
    const { connectedWith, calls } = await aHandler({ LIMITS: '{"billing":{"perDay":{"calls":10}}}' });
    const [crm, billing] = connectedWith;
    const refusing = { method: 'GET', url: 'http://127.0.0.1:1', headers: {}, timeoutMs: 1_000 } as const;

    const answers = [await crm?.http(refusing), await billing?.http(refusing)];

    expect(answers).toEqual(Array(2).fill({ kind: 'no-response', code: 'connection' }));
    const asked = calls.filter(({ input }) => JSON.stringify(input.Key)?.includes('limit:'));
    expect(asked.map(({ action, input }) => [action, input.TableName, input.Key])).toEqual([
      ['DynamoDB.GetItem', 'state', { pk: { S: 'limit:test:billing' } }],
      ['DynamoDB.UpdateItem', 'state', { pk: { S: 'limit:test:billing' } }],
    ]);
  });

  it('settles a released event in the parked table', async () => {
    const { handler, crm, calls } = await aHandler();
    crm.records.set('p1', { name: 'Ada', bill_id: null });

    const answer = await handler(
      anEvent(aRecord('g1', { id: 'evt_1', subject: 'p1', releasedgeneration: 1 })),
      aContext,
    );

    const read = calls.find(({ input }) => input.TableName === 'parked');
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(read).toMatchObject({
      action: 'DynamoDB.GetItem',
      input: { Key: { pk: { S: 'test/people-to-payers' }, sk: { S: 'evt_1' } }, ConsistentRead: true },
    });
  });

  it.each([
    ['STATE_TABLE', '', 'Environment variables missing or malformed: STATE_TABLE'],
    ['CALL_TIMEOUT_MS', '10 s', 'Environment variables missing or malformed: CALL_TIMEOUT_MS'],
    ['TOKEN_REFRESHERS', 'none', 'Environment variables missing or malformed: TOKEN_REFRESHERS'],
    ['CREDENTIAL_SECRET_IDS', '{"crm":"crm-secret"}', 'CREDENTIAL_SECRET_IDS lacks system "billing"'],
  ])('does not start with a wrong %s', async (name, value, message) => {
    const starting = aHandler({ [name]: value });

    await expect(starting).rejects.toThrow(message);
  });
});
