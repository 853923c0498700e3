import { describe, expect, it } from 'vitest';
import { rotationSteps } from '../../../functions/contract/rotation.ts';
import { type RotateServices, rotate } from '../../../functions/rotation/rotate.ts';
import { RotationError } from '../../../functions/rotation/rotation-error.ts';
import { KeptTelemetry } from '../deliver-event/support/telemetry.ts';

/** A secret with an old version in force, and a new one as its labels say. */
function aSecret(labels: readonly string[] = ['AWSPENDING'], refusal?: Error) {
  const stages = new Map<string, readonly string[]>([['old', ['AWSCURRENT']]]);
  if (labels.length > 0) stages.set('new', labels);
  const telemetry = new KeptTelemetry();
  const checked: string[] = [];
  const promoted: [version: string, from: string | undefined][] = [];
  const services: RotateServices = {
    system: 'billing',
    versions: {
      readLabels: async () => stages,
      readVersion: async (version) => `text of ${version}`,
      promote: async (version, from) => void promoted.push([version, from]),
    },
    check: async (value, inForce) => {
      checked.push(`${value}, for ${await inForce()}`);
      if (refusal !== undefined) throw refusal;
    },
    telemetry,
  };
  const step = (name: (typeof rotationSteps)[number], differs: Partial<RotateServices> = {}) =>
    rotate({ step: name, version: 'new' }, { ...services, ...differs });
  return { step, checked, promoted, telemetry, services, stages };
}

describe('rotate', () => {
  it('brings a supplied version into force, once it was tried', async () => {
    const { step, checked, promoted, telemetry } = aSecret();

    for (const name of rotationSteps.slice(0, 3)) await step(name);
    const before = [...promoted];
    await step('finishSecret');

    expect(before).toEqual([]);
    expect(promoted).toEqual([['new', 'old']]);
    expect(new Set(checked)).toEqual(new Set(['text of new, for text of old']));
    expect(telemetry.counts.get('RotationFailed')).toBeUndefined();
    expect(JSON.stringify(telemetry.lines)).not.toContain('text of');
  });

  it('does not come by the test: the last step alone makes it, too', async () => {
    const { step, promoted } = aSecret(['AWSPENDING'], new RotationError('refused'));

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

    await step(name, { make: () => Promise.reject(new Error('not again')) });

    expect([checked, promoted]).toEqual([[], []]);
  });

  it('a test that fails leaves the old version in force, and is counted and logged by its code', async () => {
    const refusal = new RotationError('refused', 'http-403 at billing.write');
    const { step, promoted, telemetry } = aSecret(['AWSPENDING'], refusal);

    await expect(step('testSecret')).rejects.toThrow(
      'not in force: http-403 at billing.write. Mend what was refused in the system',
    );

    expect(promoted).toEqual([]);
    expect(telemetry.counts).toEqual(new Map([['RotationFailed', 1]]));
    expect(telemetry.lines).toMatchObject([{ level: 'warn', system: 'billing', code: 'http-403 at billing.write' }]);
  });

  it('an empty version is none, and is never tried', async () => {
    const { step, services, checked } = aSecret();
    const versions = { ...services.versions, readVersion: async () => undefined };

    await expect(step('testSecret', { versions })).rejects.toThrow('not-supplied');

    expect(checked).toEqual([]);
  });

  it('what Secrets Manager fails with is counted, too', async () => {
    const { step, services, telemetry } = aSecret();
    const versions = { ...services.versions, readLabels: () => Promise.reject(new Error('down')) };

    await expect(step('testSecret', { versions })).rejects.toThrow('down');

    expect(telemetry.counts).toEqual(new Map([['RotationFailed', 1]]));
  });
});

describe('rotate, of a secret of our own making', () => {
  it('makes a value of what is in force, once, however often the step is repeated', async () => {
    const { step, services, stages } = aSecret([]);
    const texts = new Map([['old', 'text of old']]);
    const made: unknown[] = [];
    const versions = { ...services.versions, readVersion: async (version: string) => texts.get(version) };
    const make = async (version: string, inForce: string | undefined) => {
      made.push([version, inForce]);
      texts.set(version, 'made');
      stages.set(version, ['AWSPENDING']);
    };

    await step('createSecret', { versions, make });
    await step('createSecret', { versions, make });

    expect(made).toEqual([['new', 'text of old']]);
  });

  it('makes one for a version that Secrets Manager has labelled, without a value', async () => {
    const { step, services } = aSecret();
    const made: unknown[] = [];
    const versions = { ...services.versions, readVersion: async () => undefined };

    await step('createSecret', { versions, make: async (version) => void made.push(version) });

    expect(made).toEqual(['new']);
  });

  it('where another rotation has taken the label away, nothing comes into force', async () => {
    const { step, promoted } = aSecret([]);

    await expect(step('finishSecret', { make: async () => {} })).rejects.toThrow('overtaken');

    expect(promoted).toEqual([]);
  });
});
