/** One event of a source, out of an authentic body. */
export interface IncomingEvent {
  /**
   * The sender's own id: a repeat has the same one. Undefined where the body has none: then the scheme says what a
   * repeat is.
   */
  readonly id: string | undefined;
  readonly type: string;
  /** When it happened, ISO 8601, by the sender's clock; undefined where it doesn't say. */
  readonly time: string | undefined;
  /** The record it is about, as far as it can be told without the flow's schema: keeps an invalid event in its place. */
  readonly subject: string | undefined;
  /** Whether our own write caused it. */
  readonly echo: boolean;
  /** The whole event, not yet validated. */
  readonly data: unknown;
}

/** An authentic body, or a part of one, that is no event: `reason` names what is wrong, without values. */
export interface Unreadable {
  readonly unreadable: string;
}

/**
 * Takes an authentic body apart: into one event, or into several, in their order, where the source posts several at
 * once. Never throws. `headers`: by names in lower case; most schemes sign none of them, so what is read from one may
 * have been changed on the way.
 */
export type WebhookReader = (
  body: Uint8Array,
  headers: Readonly<Record<string, string | undefined>>,
) => IncomingEvent | Unreadable | readonly (IncomingEvent | Unreadable)[];
