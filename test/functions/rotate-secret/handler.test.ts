import { expect, it, vi } from 'vitest';
import { checkCredentials } from '../../../functions/connectors/stripe/check-credentials.ts';
import { rotationSteps } from '../../../functions/contract/rotation.ts';
import { createHandler } from '../../../functions/rotate-secret/handler.ts';
import { aContext, awsEndpoint, capturedLog } from '../aws/aws-endpoint.ts';
import { apiKey, simulatedStripe, stripeSecret } from '../connectors/support/systems.ts';

/** The handler on an AWS whose secret has a new version with this key. */
async function aHandler(key: string) {
  const log = capturedLog();
  const { url } = await simulatedStripe();
  const stages = new Map([
    ['old', ['AWSCURRENT']],
    ['new', ['AWSPENDING']],
  ]);
  const calls = await awsEndpoint({
    'secretsmanager.DescribeSecret': () => ({ VersionIdsToStages: Object.fromEntries(stages) }),
    'secretsmanager.GetSecretValue': () => ({ SecretString: stripeSecret(url, key) }),
    'secretsmanager.UpdateSecretVersionStage': () => ({}),
  });
  vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'test/billing');
  vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'millrace-test');
  vi.stubEnv('CREDENTIALS_SECRET_ID', 'billing/credentials');
  vi.stubEnv('CALL_TIMEOUT_MS', '5000');
  const handler = createHandler({
    system: 'billing',
    apiVersion: '2026-10-28.endive',
    needed: { reads: ['customer'], writes: ['customer'] },
    check: checkCredentials,
  });
  const step = (Step: string) => handler({ SecretId: 'any', ClientRequestToken: 'new', Step }, aContext);
  return { handler, step, calls, log };
}

it('rotate-secret tries the version that it was told of, and moves the label of its own secret', async () => {
  const { step, calls, log } = await aHandler(apiKey);

  for (const name of rotationSteps) await step(name);

  const of = (action: string) => calls.filter((call) => call.action === `secretsmanager.${action}`);
  const SecretId = 'billing/credentials';
  expect(of('GetSecretValue').map(({ input }) => input)).toEqual(Array(2).fill({ SecretId, VersionId: 'new' }));
  expect(of('UpdateSecretVersionStage').map(({ input }) => input)).toEqual([
    { SecretId, VersionStage: 'AWSCURRENT', MoveToVersionId: 'new', RemoveFromVersionId: 'old' },
  ]);
  expect(log.join('\n')).not.toContain(apiKey);
});

it('rotate-secret fails with what to do, moves no label, and counts it', async () => {
  const { step, calls, log } = await aHandler('sk_wrong');

  await expect(step('testSecret')).rejects.toThrow(/not in force: invalid_request_error at stripe\.probe\. Mend/);

  expect(calls.filter(({ action }) => action.endsWith('UpdateSecretVersionStage'))).toEqual([]);
  expect(log.join('\n')).toContain('"RotationFailed":1');
  expect(log.join('\n')).not.toContain('sk_wrong');
});

it.each([{}, { Step: 'testSecret' }, { Step: 'dropSecret', ClientRequestToken: 'new' }])(
  'rotate-secret refuses %j',
  async (event) => {
    const { handler, calls } = await aHandler(apiKey);

    await expect(handler(event, aContext)).rejects.toThrow();

    expect(calls).toEqual([]);
  },
);
