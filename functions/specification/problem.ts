/** One mistake in a specification: where, what, and how to mend it. */
export interface Problem {
  /** `flows.account-to-stripe-customer.policies.retry.attempts`, below the integration's name. */
  readonly path: string;
  /** What is wrong, as the end of a sentence that begins with the path. */
  readonly problem: string;
  /** What to do, as a whole sentence. */
  readonly remedy: string;
}

/** Takes one mistake down. */
export type Report = (path: string, problem: string, remedy: string) => void;
