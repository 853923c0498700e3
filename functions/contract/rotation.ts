import * as v from 'valibot';

/** What AWS calls the steps of a rotation, in their order. */
export const rotationSteps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

export type RotationStep = (typeof rotationSteps)[number];

/** The label of a version that is to come into force. */
export const pendingLabel = 'AWSPENDING';

/** What a rotation function is called with, as far as ours needs it. */
export interface RotationEvent {
  readonly Step: RotationStep;
  /** The version: the token with which its value was put. */
  readonly ClientRequestToken: string;
}

const eventSchema = v.pipe(
  v.object({ Step: v.picklist(rotationSteps), ClientRequestToken: v.pipe(v.string(), v.nonEmpty()) }),
  v.transform(({ Step: step, ClientRequestToken: version }) => ({ step, version })),
);

/**
 * Reads what a rotation function was called with, as far as it is needed: which secret it is, the grants tell.
 * @throws {v.ValiError} for anything else: only `millrace rotate` is to call it.
 */
export function parseRotation(event: unknown): { readonly step: RotationStep; readonly version: string } {
  return v.parse(eventSchema, event);
}
