import { pendingLabel } from '../contract/rotation.ts';

const remedies = {
  'not-supplied': `Put the new value first, with the staging label ${pendingLabel}.`,
  refused: 'Mend what was refused in the system, or supply other credentials.',
  'not-checked': 'The system could not be asked: do it again later.',
  malformed: 'Begin again, and put no value by hand.',
  'not-verified': 'Begin again; where that fails, too, the scheme and its signer are at odds.',
  overlapping:
    'The last one is still going on, and a third secret would end it: give the command again, which goes on with it.',
  overtaken: 'Another rotation came between: give the command again, which goes on with it.',
  outdated: 'It was made too long ago: begin again.',
} as const;

/** A version does not come into force; what is in force stays. Whoever rotates must act: the message says how. */
export class RotationError extends Error {
  override readonly name = 'RotationError';
  readonly code: string;

  constructor(reason: keyof typeof remedies, code: string = reason) {
    super(`The new value is not in force: ${code}. ${remedies[reason]} The old one stays. (RotationError)`);
    this.code = code;
  }
}
