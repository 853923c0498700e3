import { describe, expect, it, vi } from 'vitest';
import { rotationSteps } from '../../../functions/contract/rotation.ts';
import { createHandler } from '../../../functions/rotate-webhook-secret/handler.ts';
import { type HmacOptions, hmac, newHmacSecret, signHmac } from '../../../functions/signatures/hmac.ts';
import { aContext, awsEndpoint, capturedLog } from '../aws/aws-endpoint.ts';

const options: HmacOptions = { header: 'x-signature' };

/** A secret as Secrets Manager keeps it: texts by version, and the versions that have a label. */
class Vault {
  readonly texts = new Map<string, string>();
  readonly labelled = new Map<string, string>();

  constructor(current?: string) {
    if (current === undefined) return;
    this.texts.set('old', current);
    this.labelled.set('AWSCURRENT', 'old');
  }

  get current(): string | undefined {
    return this.texts.get(this.labelled.get('AWSCURRENT') ?? '');
  }

  readonly answers = {
    'secretsmanager.DescribeSecret': () => {
      const versions = Map.groupBy(this.labelled, ([, version]) => version);
      const labels = [...versions].map(([version, entries]) => [version, entries.map(([label]) => label)]);
      return { VersionIdsToStages: Object.fromEntries(labels) };
    },
    'secretsmanager.GetSecretValue': ({ VersionId = '' }: { VersionId?: string }) => {
      const SecretString = this.texts.get(VersionId);
      return SecretString === undefined ? { __type: 'ResourceNotFoundException' } : { SecretString };
    },
    'secretsmanager.PutSecretValue': (input: { ClientRequestToken?: string; SecretString?: string }) => {
      this.texts.set(input.ClientRequestToken ?? '', input.SecretString ?? '');
      this.labelled.set('AWSPENDING', input.ClientRequestToken ?? '');
      return {};
    },
    'secretsmanager.UpdateSecretVersionStage': ({ MoveToVersionId = '' }: { MoveToVersionId?: string }) => {
      this.labelled.set('AWSCURRENT', MoveToVersionId);
      return {};
    },
  };
}

async function aHandler(vault: Vault) {
  const log = capturedLog();
  const calls = await awsEndpoint(vault.answers);
  vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'test/crm');
  vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'millrace-test');
  vi.stubEnv('WEBHOOK_SECRET_ID', 'crm/webhook');
  vi.stubEnv('WEBHOOK_SECRET_CLOCKS', '{"cacheMs":300000,"rereadMs":30000,"overlapMs":86400000}');
  const handler = createHandler({
    system: 'crm',
    scheme: hmac(options),
    sign: signHmac(options),
    newSecret: () => newHmacSecret(options),
  });
  const step = (Step: string, ClientRequestToken = 'new') => handler({ Step, ClientRequestToken }, aContext);
  return { step, calls, log };
}

describe('rotate-webhook-secret', () => {
  it('makes a new secret, tries it, and brings it into force beside the old one; no secret is logged', async () => {
    const vault = new Vault('the old secret');
    const { step, calls, log } = await aHandler(vault);

    for (const name of rotationSteps) await step(name);

    const { current, ...kept } = JSON.parse(vault.current ?? '');
    expect(current).toMatch(/^[0-9a-f]{64}$/);
    expect(kept).toMatchObject({ previous: 'the old secret' });
    const changes = calls.filter(({ action }) => /Put|Update/.test(action)).map(({ input }) => input);
    expect(changes).toMatchObject([
      { SecretId: 'crm/webhook', ClientRequestToken: 'new', VersionStages: ['AWSPENDING'] },
      { SecretId: 'crm/webhook', VersionStage: 'AWSCURRENT', MoveToVersionId: 'new', RemoveFromVersionId: 'old' },
    ]);
    expect(log.join('\n')).not.toMatch(new RegExp(`the old secret|${current}`));
  });

  it('may be given every step twice: there is one secret', async () => {
    const vault = new Vault('the old secret');
    const { step, calls } = await aHandler(vault);

    for (const name of rotationSteps) {
      await step(name);
      await step(name);
    }

    expect(calls.filter(({ action }) => action.endsWith('PutSecretValue'))).toHaveLength(1);
    expect(calls.filter(({ action }) => action.endsWith('UpdateSecretVersionStage'))).toHaveLength(1);
  });

  it('fills a secret that nobody filled yet', async () => {
    const vault = new Vault();
    const { step } = await aHandler(vault);

    for (const name of rotationSteps) await step(name);

    expect(JSON.parse(vault.current ?? '')).toEqual({ current: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it('takes no test step with a value of another form: the old secret stays, and it is counted for the alarm', async () => {
    const vault = new Vault('the old secret');
    const { step, log } = await aHandler(vault);
    await step('createSecret');
    const text = JSON.parse(vault.texts.get('new') ?? '');
    vault.texts.set('new', JSON.stringify({ ...text, current: 'short' }));

    await expect(step('testSecret')).rejects.toThrow('not in force: malformed. Begin again');
    await expect(step('finishSecret')).rejects.toThrow('malformed');

    expect(vault.current).toBe('the old secret');
    expect(log.join('\n')).toContain('"RotationFailed":1');
    expect(log.join('\n')).not.toContain('the old secret');
  });

  it('two at once: the later one takes the label, and only one of them comes into force', async () => {
    const vault = new Vault('the old secret');
    const { step } = await aHandler(vault);
    await step('createSecret', 'one');
    await step('createSecret', 'other');

    await expect(step('finishSecret', 'one')).rejects.toThrow('overtaken. Another rotation came between');
    await step('finishSecret', 'other');

    expect(vault.labelled.get('AWSCURRENT')).toBe('other');
    expect(JSON.parse(vault.current ?? '').previous).toBe('the old secret');
  });

  it('begins no third secret while two count', async () => {
    const vault = new Vault('the old secret');
    const { step } = await aHandler(vault);
    for (const name of rotationSteps) await step(name);
    const held = vault.current;

    await expect(step('createSecret', 'third')).rejects.toThrow('overlapping');

    expect(vault.current).toBe(held);
  });
});
