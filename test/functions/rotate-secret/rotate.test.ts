import { describe, expect, it } from 'vitest';
import { rotationSteps } from '../../../functions/contract/rotation.ts';
import { type Outcome, success } from '../../../functions/engine/outcome.ts';
import { type RotateServices, RotationError, rotate } from '../../../functions/rotate-secret/rotate.ts';
import { KeptTelemetry } from '../deliver-event/support/telemetry.ts';

/** A secret with an old version in force, and a new one as its labels say. */
function aSecret(labels: readonly string[] = ['AWSPENDING'], outcome: Outcome<unknown> = success(undefined)) {
  const stages = new Map<string, readonly string[]>([['old', ['AWSCURRENT']]]);
  if (labels.length > 0) stages.set('new', labels);
  const telemetry = new KeptTelemetry();
  const checked: string[] = [];
  const promoted: [version: string, from: string | undefined][] = [];
  const services: RotateServices = {
    system: 'billing',
    readLabels: async () => stages,
    readVersion: async (version) => `text of ${version}`,
    check: async (credentials) => {
      checked.push(credentials);
      return outcome;
    },
    promote: async (version, from) => void promoted.push([version, from]),
    telemetry,
  };
  const step = (name: (typeof rotationSteps)[number], differs: Partial<RotateServices> = {}) =>
    rotate({ step: name, version: 'new' }, { ...services, ...differs });
  return { step, checked, promoted, telemetry };
}

describe('rotate', () => {
  it('brings a supplied version into force, once the system has taken it', async () => {
    const { step, checked, promoted, telemetry } = aSecret();

    for (const name of rotationSteps.slice(0, 3)) await step(name);
    const before = [...promoted];
    await step('finishSecret');

    expect(before).toEqual([]);
    expect(promoted).toEqual([['new', 'old']]);
    expect(new Set(checked)).toEqual(new Set(['text of new']));
    expect(telemetry.counts.get('RotationFailed')).toBeUndefined();
    expect(JSON.stringify(telemetry.lines)).not.toContain('text of');
  });

  it('does not come by the test: the last step alone makes it, too', async () => {
    const { step, promoted } = aSecret(['AWSPENDING'], { kind: 'auth', code: 'http-401', operation: 'billing.probe' });

    await expect(step('finishSecret')).rejects.toThrow(RotationError);

    expect(promoted).toEqual([]);
  });

  it.each(rotationSteps)('%s of a version that nobody supplied fails, and says what to do', async (name) => {
    const { step, checked, promoted, telemetry } = aSecret([]);

    await expect(step(name)).rejects.toThrow(
      'not-supplied. Put the new value first, with the staging label AWSPENDING.',
    );

    expect([checked, promoted]).toEqual([[], []]);
    expect(telemetry.counts).toEqual(new Map([['RotationFailed', 1]]));
  });

  it.each(rotationSteps)('%s of a version that is in force already does nothing', async (name) => {
    const { step, checked, promoted } = aSecret(['AWSCURRENT']);

    await step(name);

    expect([checked, promoted]).toEqual([[], []]);
  });

  it.each([
    ['auth', 'http-403', 'http-403 at billing.write. Mend what was refused'],
    ['permanent', 'http-404', 'http-404 at billing.write. Mend what was refused'],
    ['transient', 'timeout', 'timeout at billing.write. The system could not be asked: do it again later'],
    ['busy', 'rate_limit', 'rate_limit at billing.write. The system could not be asked: do it again later'],
  ] as const)('a test that ends %s leaves the old version in force, and is counted', async (kind, code, message) => {
    const { step, promoted, telemetry } = aSecret(['AWSPENDING'], { kind, code, operation: 'billing.write' });

    await expect(step('testSecret')).rejects.toThrow(message);

    expect(promoted).toEqual([]);
    expect(telemetry.counts).toEqual(new Map([['RotationFailed', 1]]));
    expect(telemetry.lines).toMatchObject([{ level: 'warn', system: 'billing', code: `${code} at billing.write` }]);
  });

  it('an empty version is none', async () => {
    const { step } = aSecret();

    await expect(step('testSecret', { readVersion: async () => undefined })).rejects.toThrow('not-supplied');
  });

  it('what Secrets Manager fails with is counted, too', async () => {
    const { step, telemetry } = aSecret();

    await expect(step('testSecret', { readLabels: () => Promise.reject(new Error('down')) })).rejects.toThrow('down');

    expect(telemetry.counts).toEqual(new Map([['RotationFailed', 1]]));
  });
});
