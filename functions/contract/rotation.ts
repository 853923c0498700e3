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
