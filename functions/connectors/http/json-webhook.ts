import { isObject, memberOf, parseJsonBytes } from '../../contract/json-bytes.ts';
import type { IncomingEvent, Unreadable, WebhookReader } from '../../contract/webhook-reader.ts';

/**
 * Where something is: a JSON pointer into the event (RFC 6901), `/data/id`, or a header, which most schemes don't sign.
 */
export type Place = `/${string}` | { readonly header: string };

/** How a sender's events look that has no reader of its own. */
export interface JsonWebhook {
  /**
   * Where the event's id is, or the parts that are one together. Whatever one part is missing of has no id.
   * @default none: the scheme knows a repeat by what it says of them
   */
  readonly id?: Place | readonly Place[];
  /** Where the event's type is, as flows name it. */
  readonly type: Place;
  /** Where the id of the record is that it is about: keeps an event in its place that a flow's schema refuses. */
  readonly subject?: Place;
  /** Where the time is: ISO 8601, or a Unix time in seconds or milliseconds. */
  readonly time?: Place;
  /**
   * Where the list of events is, of a sender that posts several at once; `''`: the body is the list. The other places
   * are then those within each.
   */
  readonly events?: '' | `/${string}`;
  /** `form`: `application/x-www-form-urlencoded`, read as an object of texts. @default 'json' */
  readonly body?: 'json' | 'form';
}

/**
 * Reads the webhooks of any sender that posts JSON or forms, by where things are in them.
 * @throws {Error} for a place that is no JSON pointer: whoever wrote the specification must mend it.
 */
export function readJson(webhook: JsonWebhook): WebhookReader {
  const { events } = webhook;
  const ids = webhook.id === undefined ? [] : [webhook.id].flat();
  const readEach = eventReader({ ...webhook, id: ids });
  const list = events === undefined ? undefined : pointer(events);
  const parse = webhook.body === 'form' ? parseForm : parseJsonBytes;
  return (body, headers) => {
    const whole = parse(body);
    if (list === undefined) return readEach(whole, headers);
    const found = list(whole);
    if (!Array.isArray(found)) return { unreadable: `not JSON with a list at '${events}'` };
    return found.map((event: unknown) => readEach(event, headers));
  };
}

type Headers = Parameters<WebhookReader>[1];

function eventReader({ id, type, subject, time }: JsonWebhook & { readonly id: readonly Place[] }) {
  const [ids, typeIn] = [id.map(finder), finder(type)];
  const [subjectIn, timeIn] = [subject, time].map((place) => (place === undefined ? () => undefined : finder(place)));
  return (event: unknown, headers: Headers): IncomingEvent | Unreadable => {
    if (!isObject(event)) return { unreadable: 'not a JSON object' };
    const named = typeIn(event, headers);
    if (named === undefined) return { unreadable: `no type at ${told(type)}` };
    const parts = ids.flatMap((find) => find(event, headers) ?? []);
    if (parts.length < ids.length) return { unreadable: `no id at ${id.map(told).join(', ')}` };
    return {
      id: parts.length === 0 ? undefined : parts.join('.'),
      type: named,
      time: isoTime(timeIn?.(event, headers)),
      subject: subjectIn?.(event, headers),
      echo: false,
      data: event,
    };
  };
}

const told = (place: Place) => (typeof place === 'string' ? place : place.header);

/**
 * Finds a text, or what can be written as one, that is not empty. What a header says goes to logs: only plain
 * characters.
 */
function finder(place: Place): (event: unknown, headers: Headers) => string | undefined {
  if (typeof place !== 'string') {
    const name = place.header.toLowerCase();
    return (_, headers) => /^[\w.:/ -]{1,128}$/.exec(headers[name] ?? '')?.[0];
  }
  const find = pointer(place);
  return (event) => {
    const value = find(event);
    if (typeof value === 'number') return String(value);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
}

function pointer(text: string): (value: unknown) => unknown {
  if (text !== '' && !/^(\/([^~/]|~[01])*)+$/.test(text)) {
    throw new Error(`'${text}' is no JSON pointer (RFC 6901): write it like /data/id.`);
  }
  const names = text
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  return (value) => names.reduce<unknown>(memberOrEntry, value);
}

function memberOrEntry(value: unknown, name: string): unknown {
  if (!Array.isArray(value)) return memberOf(value, name);
  return /^(0|[1-9]\d*)$/.test(name) ? value[Number(name)] : undefined;
}

/** Undefined where it is in neither form: the receiver's own time is taken then. */
function isoTime(text = ''): string | undefined {
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
  // Date.parse reads nearly anything as a date.
  const parsed = /^\d{4}-\d\d-\d\d([T ]|$)/.test(text) ? Date.parse(text) : Number.NaN;
  // Seconds reach this number in the year 5138, milliseconds did in 1973.
  const ms = number === undefined ? parsed : number < 1e11 ? number * 1000 : number;
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : undefined;
}

/** Of several values under one name the last one counts. */
function parseForm(body: Uint8Array): unknown {
  return Object.fromEntries(new URLSearchParams(new TextDecoder().decode(body)));
}
