import { LambdaClient } from '@aws-sdk/client-lambda';
import { expect, it } from 'vitest';
import { createTokenRefresher } from '../../../functions/aws/token-refresher.ts';
import { answering, nowhere } from './fake-client.ts';

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const failed = (errorType: string) => ({ FunctionError: 'Unhandled', Payload: bytes({ errorType, errorMessage: '' }) });

it('asks the function of that name with the hash of the refused token', async () => {
  const { client, sent } = answering(new LambdaClient(nowhere), () => ({ Payload: bytes({ kind: 'stands' }) }));

  await createTokenRefresher(client, 'refresh-token-crm')('ab12', 1_000);

  expect(sent).toEqual([['InvokeCommand', { FunctionName: 'refresh-token-crm', Payload: '{"refused":"ab12"}' }]]);
});

it.each([
  ['an answer', () => ({ Payload: bytes({ kind: 'stored', hash: 'ab' }) }), { kind: 'stored', hash: 'ab' }],
  ['no answer that is known', () => ({ Payload: bytes({ kind: 'odd' }) }), { kind: 'unavailable' }],
  ['none at all', () => ({}), { kind: 'unavailable' }],
  ['refused credentials', () => failed('TokenRefusedError'), { kind: 'refused' }],
  ['an endpoint that is down', () => failed('TokenUnavailableError'), { kind: 'unavailable' }],
  ['a function that was killed', () => failed('Sandbox.Timedout'), { kind: 'unavailable' }],
])('tells %s', async (_what, answer, told) => {
  const { client } = answering(new LambdaClient(nowhere), answer);

  expect(await createTokenRefresher(client, 'refresh-token-crm')(null, 1_000)).toEqual(told);
});

it('nobody to ask, or nobody who answers in time, is unreachable', async () => {
  const throttled = answering(new LambdaClient(nowhere), () => {
    throw new Error('TooManyRequestsException');
  });
  // Nothing listens there: a discarded port.
  const silent = new LambdaClient({ ...nowhere, endpoint: 'http://127.0.0.1:9', maxAttempts: 50 });

  const answers = await Promise.all([
    createTokenRefresher(throttled.client, 'refresh-token-crm')(null, 1_000),
    createTokenRefresher(silent, 'refresh-token-crm')(null, 50),
  ]);

  expect(answers).toEqual([{ kind: 'unreachable' }, { kind: 'unreachable' }]);
});
