import { createHash } from 'node:crypto';
import type { SignatureScheme, SignedRequest } from '../contract/signature-scheme.ts';
import type { IncomingEvent } from '../contract/webhook-reader.ts';

/** What an event is known by. */
export interface Known {
  readonly id: string;
  /** What a repeat has in common with it for the five minutes of SQS. Nearly always the id. */
  readonly repeat: string;
}

/** What a header may say that goes to logs and into ids. */
const plain = /^[\w.:-]{1,128}$/;

/**
 * What the events of one request are known by: each by its own id, else by what the scheme says of repeats, with its
 * place where there are several. A header that nobody signed counts with the body's hash only, or somebody else could
 * have another event taken for a repeat. Where nothing tells, the same body is a repeat for five minutes, and a new
 * event later.
 */
export function knowEvents(
  request: SignedRequest,
  { repeats }: Pick<SignatureScheme, 'repeats'>,
  events: readonly Pick<IncomingEvent, 'id'>[],
  newId: () => string,
): Known[] {
  return events.map(({ id }, index) => {
    if (id !== undefined) return { id, repeat: id };
    const place = events.length === 1 ? '' : `.${index}`;
    const told = toldId(request, repeats);
    if (told !== undefined) return { id: told + place, repeat: told + place };
    const repeat = hashOf(request.body) + place;
    return { id: `${repeat}.${newId()}`, repeat };
  });
}

function toldId({ headers, body }: SignedRequest, repeats: SignatureScheme['repeats']): string | undefined {
  if (repeats.by !== 'header') return undefined;
  // The first that is there, and no other: with its signature the scheme looked at that one, too.
  const [id] = repeats.headers.flatMap((name) => headers[name] ?? []);
  if (id === undefined || !plain.test(id)) return undefined;
  return repeats.signed ? id : `${id}.${hashOf(body)}`;
}

function hashOf(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex').slice(0, 32);
}
