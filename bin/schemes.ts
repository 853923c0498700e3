import * as v from 'valibot';
import type { Certificates } from '../functions/contract/certificates.ts';
import type { Sign, SignatureScheme } from '../functions/contract/signature-scheme.ts';
import { type SchemeEntry, type SchemeOptions, schemes } from '../functions/signatures/schemes.ts';
import { CommandError, UsageError } from './errors.ts';
import { nearestTo, orOf } from './nearest.ts';

const entries: ReadonlyMap<string, SchemeEntry> = new Map(Object.entries(schemes));

export const schemeNames: readonly string[] = [...entries.keys()];

const seconds = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number))]),
  v.integer('must be whole seconds'),
  v.minValue(0),
);
const anyOptions = { publicUrl: v.optional(v.string()), toleranceSeconds: v.optional(seconds) };
const ofAny = v.strictObject(anyOptions);
const ofHmac = v.strictObject({
  ...anyOptions,
  name: v.optional(v.string()),
  header: v.pipe(v.string(), v.nonEmpty()),
  prefix: v.optional(v.string()),
  encoding: v.optional(v.picklist(['hex', 'base64', 'base64url'])),
  hash: v.optional(v.picklist(['sha1', 'sha256', 'sha384', 'sha512'])),
  secretEncoding: v.optional(v.picklist(['utf8', 'hex', 'base64'])),
  signedContent: v.optional(v.string()),
  timestampHeader: v.optional(v.string()),
  timestampUnit: v.optional(v.picklist(['seconds', 'milliseconds', 'iso'])),
  idHeader: v.optional(v.string()),
});

/** What may be said of a scheme by `--option NAME=VALUE`. */
export const optionNames = { any: Object.keys(ofAny.entries), hmac: Object.keys(ofHmac.entries) } as const;

/**
 * A scheme as tools use it: it takes every version and form there is.
 * @throws {UsageError} where there is none of the name, or an option is none of it.
 */
export function schemeNamed(name: string, given: readonly string[], certificates: Certificates): SignatureScheme {
  const entry = entries.get(name);
  if (entry === undefined) {
    const meant = orOf(nearestTo(name, schemeNames));
    throw new UsageError(
      `There is no scheme '${name}'. Did you mean ${meant}? \`millrace verify --list\` shows them all.`,
    );
  }
  try {
    return entry.create({ certificates, ...optionsOf(name, given) });
  } catch (error) {
    if (error instanceof UsageError || !(error instanceof Error)) throw error;
    throw new UsageError(error.message);
  }
}

/** Every scheme by its name, for whoever looks which one it could have been. */
export function everyScheme(certificates: Certificates): SignatureScheme[] {
  return [...entries.values()].map(({ create }) => create({ certificates }));
}

/**
 * Signs as the sender of a specified scheme does.
 * @throws {CommandError} where only the sender itself can.
 */
export function signerOf({ name, options = {} }: SignatureScheme): Sign {
  const entry = entries.get(name);
  const own = v.safeParse(ofHmac, options);
  // No request is verified here, so no certificate is ever asked for.
  const certificates: Certificates = { download: async () => undefined, authorities: () => [] };
  const hmac: Partial<SchemeOptions> = own.success ? { hmac: own.output } : {};
  const signer = entry === undefined && own.success ? entries.get('hmac')?.signer : entry?.signer;
  const sign = signer?.({ certificates, ...hmac });
  if (sign !== undefined) return sign;
  throw new CommandError(
    `Only ${name}'s own sender can sign: have it send a test webhook, and look with millrace verify.`,
  );
}

function optionsOf(name: string, given: readonly string[]): Partial<SchemeOptions> {
  const pairs = given.map((text) => {
    const end = text.indexOf('=');
    if (end < 1) throw new UsageError(`--option '${text}' is no NAME=VALUE. Write it as toleranceSeconds=600.`);
    return [text.slice(0, end), text.slice(end + 1)] as const;
  });
  if (pairs.length === 0) return {};
  const values = Object.fromEntries(pairs);
  if (name === 'hmac') return { hmac: parsed(ofHmac, values, optionNames.hmac) };
  return parsed(ofAny, values, optionNames.any);
}

function parsed<Schema extends typeof ofAny | typeof ofHmac>(
  schema: Schema,
  values: Readonly<Record<string, string>>,
  names: readonly string[],
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, values);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const at = v.getDotPath(issue) ?? '';
  throw new UsageError(`--option ${at}: ${issue.message}. These are known: ${names.join(', ')}.`);
}
