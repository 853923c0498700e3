import { gunzipSync } from 'node:zlib';
import type { SignedRequest } from '../../functions/contract/signature-scheme.ts';

/** What a value may have been before somebody changed it. `told` completes "it was signed ...". */
export interface Variant<Value> {
  readonly value: Value;
  readonly told: string;
}

/** More than any webhook has: what is packed may be a trap. */
const mostUnpackedBytes = 32 * 1024 * 1024;

/** Bodies that commonly become this one on their way from the sender to whoever verifies. */
export function bodyVariants(body: Uint8Array): Variant<Buffer>[] {
  const bytes = Buffer.from(body);
  const latin = bytes.toString('latin1');
  const texts: Variant<string>[] = [
    { value: latin.replace(/\r?\n$/, ''), told: 'without the line break at its end' },
    { value: latin.trim(), told: 'without the blanks or line breaks around it' },
    { value: `${latin}\n`, told: 'with a line break at its end' },
    { value: `${latin}\r\n`, told: 'with a line break (CR LF) at its end' },
    { value: latin.replace(/^\xef\xbb\xbf/, ''), told: 'without the byte order mark before it' },
    { value: latin.replaceAll('\r\n', '\n'), told: 'with line breaks of LF, not CR LF' },
    { value: latin.replace(/\r?\n/g, '\r\n'), told: 'with line breaks of CR LF' },
  ];
  return [
    ...texts.map(({ value, told }) => ({ value: Buffer.from(value, 'latin1'), told })),
    ...parsed(bytes),
    ...packed(bytes),
  ];
}

/** The same JSON or form, written by other programs. */
function parsed(bytes: Buffer): Variant<Buffer>[] {
  const text = bytes.toString('utf8');
  const json = parse(text);
  const written: Variant<string>[] = json === undefined ? formWritten(text) : jsonWritten(json);
  return written.map(({ value, told }) => ({
    value: Buffer.from(value),
    told: `as ${told}: it was parsed and written anew`,
  }));
}

function jsonWritten(json: unknown): Variant<string>[] {
  const compact = JSON.stringify(json);
  const spaced = JSON.stringify(json, null, 1).replace(/\n */g, (_, at, whole) => (whole[at - 1] === ',' ? ' ' : ''));
  const shapes: Variant<string>[] = [
    { value: compact, told: 'compact JSON' },
    { value: spaced, told: 'JSON with a space after each comma and colon' },
    ...[2, 4, '\t'].map((indent) => ({ value: JSON.stringify(json, null, indent), told: 'indented JSON' })),
  ];
  const slashed = shapes.map(({ value, told }) => ({
    value: value.replaceAll('/', '\\/'),
    told: `${told}, slashes escaped`,
  }));
  const ascii = [...shapes, ...slashed].map(({ value, told }) => ({
    value: asciiOf(value),
    told: `${told}, in ASCII only`,
  }));
  const all = [...shapes, ...slashed, ...ascii];
  return [
    ...all,
    ...all.map(({ value, told }) => ({ value: `${value}\n`, told: `${told}, with a line break at its end` })),
  ];
}

function formWritten(text: string): Variant<string>[] {
  return [
    { value: String(new URLSearchParams(text)), told: 'a form with blanks as +' },
    { value: String(new URLSearchParams(text)).replaceAll('+', '%20'), told: 'a form with blanks as %20' },
  ];
}

/** As gateways and servers hand it over. */
function packed(bytes: Buffer): Variant<Buffer>[] {
  const text = bytes.toString('latin1').trim();
  const isBase64 = text.length > 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
  return [
    ...(isBase64 ? [{ value: Buffer.from(text, 'base64'), told: 'before something encoded it in base64' }] : []),
    { value: Buffer.from(bytes.toString('base64')), told: 'in base64, which something decoded' },
    ...unpacked(bytes),
  ];
}

function unpacked(bytes: Buffer): Variant<Buffer>[] {
  try {
    const value = gunzipSync(bytes, { maxOutputLength: mostUnpackedBytes });
    return [{ value, told: 'unpacked, and these bytes are gzip' }];
  } catch {
    return [];
  }
}

/** Secrets that commonly become this one on their way into a file. `told` completes "the secret fits ...". */
export function secretVariants(secret: string): Variant<string>[] {
  const json = parse(secret);
  const members = typeof json === 'object' && json !== null ? Object.entries(json) : [];
  return [
    { value: secret.trim(), told: 'without the blanks or line breaks around it' },
    { value: secret.replace(/\s/g, ''), told: 'without the blanks or line breaks in it' },
    { value: secret.replace(/^(["'])(.*)\1$/s, '$2'), told: 'without the quotes around it' },
    { value: secret.replace(/^[A-Za-z_]\w*=/, ''), told: 'without the name before it' },
    { value: secret.replace(/^wh(sec|sk|pk)_/, ''), told: 'without its prefix' },
    { value: `whsec_${secret}`, told: 'with whsec_ before it' },
    { value: `whsec_${Buffer.from(secret).toString('base64')}`, told: 'as text: it is no base64' },
    { value: Buffer.from(secret, 'base64').toString('utf8'), told: 'decoded from base64' },
    { value: Buffer.from(secret, 'hex').toString('utf8'), told: 'decoded from hex' },
    { value: Buffer.from(secret).toString('hex'), told: 'as text: it is no hex' },
    ...members.flatMap(([name, value]) =>
      typeof value === 'string' ? [{ value, told: `by the '${name}' that is in the JSON of the file` }] : [],
    ),
  ].filter(({ value }) => value !== '' && value !== secret);
}

/** URLs that the sender may have called, where a proxy hands on another one. */
export function urlVariants({ url = '', headers }: SignedRequest): string[] {
  if (!URL.canParse(url)) return [];
  const { protocol, host, hostname, pathname, search } = new URL(url);
  const first = (name: string) => headers[name]?.split(',')[0]?.trim();
  const forwarded = first('x-forwarded-host') ?? first('host');
  const hosts = new Set([forwarded, host, hostname].flatMap((each) => each ?? []));
  const path = pathname.replace(/\/$/, '');
  const paths = new Set([pathname, path, `${path}/`].flatMap((each) => [each + search, each]));
  const protocols = new Set([`${first('x-forwarded-proto') ?? 'https'}:`, protocol, 'https:', 'http:']);
  const all = [...protocols].flatMap((one) =>
    [...hosts].flatMap((two) => [...paths].map((three) => `${one}//${two}${three}`)),
  );
  return [...new Set(all)].filter((each) => each !== url);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function asciiOf(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins with them.
  return text.replace(/[^\x00-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
