import * as v from 'valibot';

/**
 * Names of the errors that `refresh-token` ends with: Lambda tells an invoker an error's name and message, the emulator
 * only the message. So the message has the name in it.
 */
export const tokenErrors = {
  /** The credentials are missing or were refused: an operator must act. */
  refused: 'TokenRefusedError',
  /** The token endpoint could not be reached, or was busy. */
  unavailable: 'TokenUnavailableError',
} as const;

export type TokenErrorName = (typeof tokenErrors)[keyof typeof tokenErrors];

const answerSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ errorType: v.string(), errorMessage: v.optional(v.string(), '') }),
);

/** Whether what Lambda answered for a failed run of `refresh-token` says that the credentials were refused. */
export function isRefused(payload: Uint8Array | undefined): boolean {
  const answer = v.safeParse(answerSchema, new TextDecoder().decode(payload));
  if (!answer.success) return false;
  const { errorType, errorMessage } = answer.output;
  return errorType === tokenErrors.refused || errorMessage.includes(tokenErrors.refused);
}
