import { metricNames } from '../contract/metric-names.ts';
import { pendingLabel, type RotationStep } from '../contract/rotation.ts';
import type { Telemetry } from '../contract/telemetry.ts';
import type { Outcome } from '../engine/outcome.ts';

/** One step of bringing a version of a secret into force. */
export interface RotationRequest {
  readonly step: RotationStep;
  /** Of the secret: the token with which its value was put. */
  readonly version: string;
}

export interface RotateServices {
  readonly system: string;
  /** Staging labels by version; only versions that have some. */
  readLabels(): Promise<ReadonlyMap<string, readonly string[]>>;
  /** The text of a version; undefined where it has none. */
  readVersion(version: string): Promise<string | undefined>;
  /** Whether the system takes these credentials, and lets them do what flows need. */
  check(credentials: string): Promise<Outcome<unknown>>;
  /** Moves the label of what is in force from one version to another. */
  promote(version: string, from: string | undefined): Promise<void>;
  readonly telemetry: Telemetry;
}

const remedies = {
  'not-supplied': `Put the new value first, with the staging label ${pendingLabel}.`,
  refused: 'Mend what was refused in the system, or supply other credentials.',
  'not-checked': 'The system could not be asked: do it again later.',
} as const;

/** A version does not come into force; what is in force stays. Whoever rotates must act: the message says how. */
export class RotationError extends Error {
  override readonly name = 'RotationError';
  readonly code: string;

  constructor(reason: keyof typeof remedies, code: string = reason) {
    super(`The new credentials are not in force: ${code}. ${remedies[reason]} The old ones stay. (RotationError)`);
    this.code = code;
  }
}

/**
 * Does one step of a rotation, as Secrets Manager defines them. The value is made by the system, so that an operator must
 * have supplied it; it comes into force once the system has taken it. Every step may be repeated.
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
  const labels = await services.readLabels();
  const own = labels.get(version) ?? [];
  if (own.includes('AWSCURRENT')) return;
  if (!own.includes(pendingLabel)) throw new RotationError('not-supplied');
  // The system knows the value already: it made it.
  if (step === 'createSecret' || step === 'setSecret') return;
  // Before it is promoted, too: nobody can come by a test.
  await checkVersion(version, services);
  if (step === 'testSecret') return;
  const [current] = [...labels].find(([, stages]) => stages.includes('AWSCURRENT')) ?? [];
  await services.promote(version, current);
  services.telemetry.info('credentials replaced', { system: services.system });
}

async function checkVersion(version: string, { readVersion, check }: RotateServices): Promise<void> {
  const credentials = await readVersion(version);
  if (credentials === undefined) throw new RotationError('not-supplied');
  const outcome = await check(credentials);
  if (outcome.kind === 'success') return;
  const unknown = outcome.kind === 'transient' || outcome.kind === 'busy';
  throw new RotationError(unknown ? 'not-checked' : 'refused', `${outcome.code} at ${outcome.operation}`);
}
