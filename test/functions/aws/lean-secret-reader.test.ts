import { expect, it } from 'vitest';
import { AwsCallError } from '../../../functions/aws/lean-request.ts';
import { leanSecretReader } from '../../../functions/aws/lean-secret-reader.ts';

function aReader(answer: unknown) {
  const calls: unknown[] = [];
  const reader = leanSecretReader(
    async (...call) => {
      calls.push(call);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    'millrace-test/secret',
    () => 1_000_000,
    { cacheMs: 300_000, rereadMs: 30_000 },
  );
  return { reader, calls };
}

it('reads the secret by its id, and keeps it', async () => {
  const { reader, calls } = aReader({ SecretString: 'one' });

  expect([await reader.read(), await reader.read()]).toEqual(['one', 'one']);
  expect(calls).toEqual([['secretsmanager', 'GetSecretValue', { SecretId: 'millrace-test/secret' }]]);
});

it.each([
  ['no version', new AwsCallError('ResourceNotFoundException', 400)],
  ['an empty text', { SecretString: '' }],
  ['no text', { SecretBinary: 'AA==' }],
])('answers undefined for a secret with %s', async (_what, answer) => {
  expect(await aReader(answer).reader.read()).toBeUndefined();
});

it('fails as the call does, while nothing is kept', async () => {
  const { reader } = aReader(new AwsCallError('AccessDeniedException', 400));

  await expect(reader.read()).rejects.toThrow('AWS did not do it: AccessDeniedException (400)');
});
