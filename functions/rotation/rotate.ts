import { metricNames } from '../contract/metric-names.ts';
import { pendingLabel, type RotationStep } from '../contract/rotation.ts';
import type { Telemetry } from '../contract/telemetry.ts';
import { RotationError } from './rotation-error.ts';

/** One step of bringing a version of a secret into force. */
export interface RotationRequest {
  readonly step: RotationStep;
  /** Of the secret: the token with which its value is put. */
  readonly version: string;
}

/** A secret's versions, and which one is in force. */
export interface SecretVersions {
  /** Staging labels by version; only versions that have some. */
  readLabels(): Promise<ReadonlyMap<string, readonly string[]>>;
  /** The text of a version; undefined where it has none. */
  readVersion(version: string): Promise<string | undefined>;
  /** Moves the label of what is in force from one version to another; fails where it is on neither. */
  promote(version: string, from: string | undefined): Promise<void>;
}

export interface RotateServices {
  readonly system: string;
  readonly versions: SecretVersions;
  /**
   * Puts a value of our own making into a version. Left out where the system behind the secret makes it: then people
   * supply it beforehand.
   */
  make?(version: string, inForce: string | undefined): Promise<void>;
  /**
   * Tries a value. `inForce`: reads what it is to replace.
   * @throws {RotationError} where it may not come into force.
   */
  check(value: string, inForce: () => Promise<string | undefined>): Promise<void>;
  readonly telemetry: Telemetry;
}

/**
 * Does one step of a rotation, as Secrets Manager defines them. Every step may be repeated, and what is in force stays so
 * until the last one is done.
 * @throws {RotationError} where the version can't come into force.
 */
export async function rotate(request: RotationRequest, services: RotateServices): Promise<void> {
  const { telemetry, system } = services;
  try {
    await doStep(request, services);
  } catch (error) {
    telemetry.count(metricNames.rotationFailed);
    const code = error instanceof RotationError ? error.code : 'internal-error';
    telemetry.warn('rotation failed', { system, operation: request.step, code }, error);
    throw error;
  }
}

async function doStep({ step, version }: RotationRequest, services: RotateServices): Promise<void> {
  const { versions, make, check, telemetry, system } = services;
  const labels = await versions.readLabels();
  const own = labels.get(version) ?? [];
  if (own.includes('AWSCURRENT')) return;
  const [current] = [...labels].find(([, stages]) => stages.includes('AWSCURRENT')) ?? [];
  const inForce = async () => (current === undefined ? undefined : versions.readVersion(current));
  if (step === 'createSecret' && make !== undefined) {
    // A step that is repeated must not make a second value of one version.
    if ((await versions.readVersion(version)) === undefined) await make(version, await inForce());
    return;
  }
  if (!own.includes(pendingLabel)) throw new RotationError(make === undefined ? 'not-supplied' : 'overtaken');
  // It was supplied; and what a system made, it knows, while what we made is given to it only once it is in force.
  if (step === 'createSecret' || step === 'setSecret') return;
  const value = await versions.readVersion(version);
  if (value === undefined) throw new RotationError('not-supplied');
  // Before it is promoted, too: nobody can come by a test.
  await check(value, inForce);
  if (step === 'testSecret') return;
  await versions.promote(version, current);
  telemetry.info('secret replaced', { system });
}
