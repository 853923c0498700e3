import { UsageError } from '../errors.ts';
import { readGiven } from '../given-files.ts';
import { shellWords } from './shell-words.ts';

/** A request as it was typed: headers are lines, in their order. */
export interface TypedRequest {
  readonly headers: readonly string[];
  readonly body: Buffer | undefined;
  readonly method: string | undefined;
  readonly url: string | undefined;
}

/** Options that a signature knows nothing of: those without a value, and those with one. */
const ignored = new Set(
  `--compressed --compressed-ssh --fail --fail-with-body --globoff --http1.0 --http1.1 --http2 --http2-prior-knowledge
  --http3 --include --insecure --ipv4 --ipv6 --location --no-buffer --no-keepalive --no-progress-meter --path-as-is
  --progress-bar --raw --remote-name --show-error --silent --ssl-reqd --tcp-nodelay --tlsv1.2 --tlsv1.3 --trace-time
  --verbose -# -0 -4 -6 -L -N -O -S -f -g -i -k -s -v`.split(/\s+/),
);
const ignoredWithValue = new Set(
  `--cacert --cert --cert-type --ciphers --connect-timeout --cookie --cookie-jar --key --max-time --noproxy --output
  --proxy --referer --resolve --retry --retry-delay --user --user-agent --write-out -A -E -b -c -e -m -o -u -w -x`.split(
    /\s+/,
  ),
);

/** Long names of what is read; `--data` leaves out line breaks of a file, `--data-raw` reads none. */
const known: Readonly<Record<string, string>> = {
  '-H': '--header',
  '-X': '--request',
  '-d': '--data',
  '--data-ascii': '--data',
};
const read = ['--header', '--request', '--url', '--data', '--data-raw', '--data-binary', '--json'] as const;

/**
 * The request of a pasted curl command. Files that its data come from are looked for where curl would.
 * @throws {UsageError} where it can't be told which bytes curl would send: whoever pasted it must mend it.
 */
export function curlRequest(text: Uint8Array): TypedRequest {
  const words = shellWords(text);
  const start = words.findIndex((word) => /(^|[/\\])curl(\.exe)?$/.test(word));
  if (start < 0) throw new UsageError('There is no curl command in the file. Paste a request copied "as cURL (bash)".');
  const given = new Map(read.map((name): [string, string[]] => [name, []]));
  const rest = words.slice(start + 1);
  for (let option = rest.shift(); option !== undefined; option = rest.shift()) {
    const [name, attached] = nameOf(option);
    if (ignored.has(name)) {
      // `-sS` is `-s -S`.
      if (attached !== undefined) rest.unshift(`-${attached}`);
      continue;
    }
    const value = attached ?? rest.shift();
    if (value === undefined) throw new UsageError(`${name} has no value in the curl command: paste all of it.`);
    if (ignoredWithValue.has(name)) continue;
    const values = given.get(name);
    if (values === undefined) throw new UsageError(unknown(name));
    values.push(value);
  }
  return requestOf((name) => given.get(name) ?? []);
}

/** `-XPOST` is `-X POST`; what is no option is the URL. */
function nameOf(word: string): [name: string, attached: string | undefined] {
  if (!word.startsWith('-') || word === '-') return ['--url', word];
  if (word.startsWith('--')) return [known[word] ?? word, undefined];
  const short = word.slice(0, 2);
  return [known[short] ?? short, word.length > 2 ? word.slice(2) : undefined];
}

function unknown(name: string): string {
  const why = /^(-F|--form.*)$/.test(name)
    ? 'curl makes the boundaries of a form anew each time'
    : 'it is not known here';
  return `${name} can't be used: ${why}. Give the body by --body-file, and each header by --header.`;
}

function requestOf(all: (name: (typeof read)[number]) => readonly string[]): TypedRequest {
  const [url, second] = all('--url');
  if (second !== undefined) throw new UsageError('The curl command has several URLs: leave the one of the webhook.');
  const parts = [
    ...all('--data').map((data) => dataOf(data, true)),
    ...all('--data-raw').map((data) => Buffer.from(data, 'latin1')),
    ...all('--data-binary').map((data) => dataOf(data, false)),
    ...all('--json').map((data) => dataOf(data, false)),
  ];
  const kinds = (['--data', '--data-raw', '--data-binary', '--json'] as const).filter((name) => all(name).length > 0);
  if (kinds.length > 1) throw new UsageError(`${kinds.join(' and ')} together have no order here: use one of them.`);
  const joint = Buffer.from(kinds[0] === '--json' ? '' : '&');
  const body =
    parts.length === 0 ? undefined : Buffer.concat(parts.flatMap((part, at) => (at === 0 ? [part] : [joint, part])));
  const type = kinds[0] === '--json' ? 'application/json' : 'application/x-www-form-urlencoded';
  const headers = all('--header').map(text);
  const hasType = headers.some((line) => /^content-type\s*:/i.test(line));
  return {
    headers: hasType || body === undefined ? headers : [...headers, `Content-Type: ${type}`],
    body,
    method: all('--request').map(text).at(-1) ?? (body === undefined ? 'GET' : 'POST'),
    url: url === undefined ? undefined : text(url),
  };
}

function dataOf(data: string, isText: boolean): Buffer {
  if (!data.startsWith('@')) return Buffer.from(data, 'latin1');
  const path = text(data.slice(1));
  const content = readGiven(path);
  return isText ? Buffer.from(content.toString('latin1').replace(/[\r\n\0]/g, ''), 'latin1') : content;
}

function text(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
