import * as v from 'valibot';
import { parseJsonBytes } from '../../contract/json-bytes.ts';
import type { WebhookReader } from '../../contract/webhook-reader.ts';
import { branchKey } from './branch-key.ts';

/** They are not signed, and go to logs: only what GitHub itself sends is taken. */
const headersSchema = v.object({
  'x-github-event': v.pipe(v.string(), v.regex(/^[a-z_]{1,64}$/)),
  'x-github-delivery': v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)),
});

const text = v.fallback(v.optional(v.string()), undefined);
const bodySchema = v.looseObject({
  action: text,
  ref: text,
  repository: v.fallback(v.optional(v.looseObject({ full_name: text })), undefined),
});

/**
 * Reads GitHub's webhooks (https://docs.github.com/en/webhooks/webhook-events-and-payloads), sent as `application/json`.
 * The event type is `issues.opened`: `X-GitHub-Event`, and the body's `action` where it has one.
 *
 * A repeat is known by `X-GitHub-Delivery`, as the scheme says. GitHub tells no time that an event is sure of.
 */
export const readGithubEvent: WebhookReader = (body, headers) => {
  const named = v.safeParse(headersSchema, headers);
  if (!named.success) return { unreadable: 'X-GitHub-Event or X-GitHub-Delivery is missing or malformed' };
  const json = parseJsonBytes(body);
  const parsed = v.safeParse(bodySchema, json);
  if (!parsed.success || Array.isArray(json))
    return { unreadable: 'not a JSON object: set the content type of the webhook to application/json' };
  const { 'x-github-event': event } = named.output;
  const { action, ref, repository } = parsed.output;
  return {
    id: undefined,
    type: action === undefined ? event : `${event}.${action}`,
    time: undefined,
    subject: repository?.full_name && branchKey(repository.full_name, ref),
    echo: false,
    data: parsed.output,
  };
};
