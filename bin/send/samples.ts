import { randomBytes, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Source } from '../parts.ts';
import { root } from '../root.ts';

/**
 * A webhook that a source may send: `integrations/<integration>/samples/<source>/<name>.json`. A body that is a text is
 * sent as it is. Each sending fills in the placeholders of headers and body anew:
 * `{{id}}` 24 letters and digits, `{{uuid}}`, `{{record}}` the record it is about, `{{iso}}` the time; a whole text
 * `{{unix}}` becomes the number of seconds since 1970. One placeholder has the same value all through a webhook.
 */
const sampleSchema = v.strictObject({
  headers: v.optional(v.record(v.string(), v.string()), {}),
  /** The record that it is about, where nobody names one. */
  record: v.optional(v.string()),
  body: v.union([v.string(), v.looseObject({}), v.array(v.unknown())]),
});

export type Sample = v.InferOutput<typeof sampleSchema>;

export interface Content {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The names of a source's samples. */
export function sampleNames(source: Source): string[] {
  try {
    return readdirSync(folderOf(source))
      .filter((file) => file.endsWith('.json'))
      .map((file) => file.slice(0, -'.json'.length))
      .toSorted();
  } catch {
    return [];
  }
}

/**
 * Reads a sample.
 * @throws {Error} where it is malformed: whoever wrote it must mend it.
 */
export function readSample(source: Source, name: string): Sample {
  const path = join(folderOf(source), `${name}.json`);
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), sampleSchema), readFileSync(path, 'utf8'));
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new Error(`${path} is no sample: ${v.getDotPath(issue) ?? 'all of it'}: ${issue.message}. Mend it.`);
}

/** Whether something of it depends on the record that it is about. */
export function namesRecord({ headers, body }: Sample): boolean {
  return JSON.stringify([headers, body]).includes('{{record}}');
}

/** The sample as one event of its own, about that record, that happens at `nowMs`. */
export function fillSample({ headers, body }: Sample, nowMs: number, record = ''): Content {
  const unix = String(Math.floor(nowMs / 1000));
  const values: Readonly<Record<string, string>> = {
    id: randomBytes(18).toString('base64').replace(/[+/]/g, 'x'),
    uuid: randomUUID(),
    iso: new Date(nowMs).toISOString(),
    record,
    unix,
  };
  const filled = (text: string) => text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => values[name] ?? whole);
  const text = typeof body === 'string' ? body : JSON.stringify(body).replaceAll('"{{unix}}"', unix);
  const sent = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), filled(value)] as const);
  return { headers: Object.fromEntries(sent), body: Buffer.from(filled(text)) };
}

function folderOf({ integration, name }: Source): string {
  return join(root, 'integrations', integration, 'samples', name);
}
