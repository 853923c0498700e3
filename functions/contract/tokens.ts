import * as v from 'valibot';
import type { Expected } from './state-table.ts';

/** What all containers know together of a system's access token. Times are Unix milliseconds. */
export interface TokenState {
  /** When the token in force was made; undefined before the first. */
  readonly issuedMs: number | undefined;
  /** A hash of the token secret's text; undefined where nobody knows what the secret holds. */
  readonly hash: string | undefined;
  /** How many tokens in a row were refused soon after they were made. */
  readonly early: number;
  /** Whoever fetches a token now; until then, or until it is given back, nobody else does. */
  readonly lease: { readonly holder: string; readonly untilMs: number } | undefined;
  /** The last refusal of the credentials; `credentials` is a hash of their text. */
  readonly refusal: { readonly credentials: string; readonly code: string; readonly atMs: number } | undefined;
  /** What a conditional write over it expects. */
  readonly generation: Expected;
}

/** Keeps token states. */
export interface TokenStore {
  read(system: string): Promise<TokenState>;
  /** Replaces the state if it is as it was seen, and answers what it is now; undefined: somebody else was faster. */
  replace(system: string, seen: TokenState, next: Omit<TokenState, 'generation'>): Promise<TokenState | undefined>;
}

/**
 * What delivery asks `refresh-token`: for a newer token than the refused one, by the hash of its secret's text; null:
 * it has none. The schedule asks for a new one whatever there is: its event is of another form.
 */
export interface RefreshRequest {
  readonly refused: string | null;
}

/**
 * What `refresh-token` answers. `stored`: the token of this hash is in force, and its secret will show it. `wait`: not
 * now. `stands`: the refused token was made so lately that a newer one would fare no better.
 */
export type RefreshAnswer = v.InferOutput<typeof answerSchema>;

const answerSchema = v.variant('kind', [
  v.object({ kind: v.literal('stored'), hash: v.string() }),
  v.object({
    kind: v.literal('wait'),
    code: v.picklist(['refresh-in-progress', 'token-settling']),
    waitMs: v.number(),
  }),
  v.object({ kind: v.literal('stands') }),
]);

const requestSchema = v.object({ refused: v.nullable(v.string()) });

/** Reads the event that `refresh-token` was called with; undefined where it is the schedule's, or an operator's. */
export function parseRefreshRequest(event: unknown): RefreshRequest | undefined {
  const parsed = v.safeParse(requestSchema, event);
  return parsed.success ? parsed.output : undefined;
}

/** Reads what Lambda hands on of an answer; undefined where it is none. */
export function parseRefreshAnswer(payload: Uint8Array | undefined): RefreshAnswer | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), answerSchema), new TextDecoder().decode(payload));
  return parsed.success ? parsed.output : undefined;
}

const issuedSchema = v.pipe(v.string(), v.parseJson(), v.object({ issuedAt: v.number() }));

/** When the token of a secret's text was made, Unix milliseconds; undefined where the text does not tell. */
export function issuedMsOf(text: string): number | undefined {
  const parsed = v.safeParse(issuedSchema, text);
  return parsed.success ? parsed.output.issuedAt : undefined;
}
