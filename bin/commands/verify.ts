import type { SignatureScheme, SignedRequest } from '../../functions/contract/signature-scheme.ts';
import { type Context, defineCommand, type Given } from '../command.ts';
import { CommandError, exitCodes, UsageError } from '../errors.ts';
import { headersOf, readGiven, readSecret } from '../given-files.ts';
import { paint } from '../paint.ts';
import { everyScheme, optionNames, schemeNamed } from '../schemes.ts';
import { likelyCauses } from '../verify/causes.ts';
import { checkRequest, type Question, type Verdict } from '../verify/check-request.ts';
import { curlRequest } from '../verify/curl-request.ts';

const options = {
  scheme: { type: 'string', value: 'NAME', help: 'how it is signed: a name of --list' },
  'secret-file': { type: 'string', value: 'FILE', multiple: true, help: 'holds a secret, and may end in a line break' },
  'body-file': { type: 'string', value: 'FILE', help: 'holds the very bytes that arrived' },
  header: { type: 'string', value: "'NAME: VALUE'", multiple: true, help: 'a header as it arrived' },
  method: { type: 'string', value: 'METHOD', help: 'where the scheme signs it (default: POST)' },
  url: { type: 'string', value: 'URL', help: 'as the sender called it, where the scheme signs it' },
  curl: { type: 'string', value: 'FILE', help: 'holds the request, copied "as cURL (bash)"' },
  at: { type: 'string', value: 'UNIX_SECONDS', help: 'when it arrived (default: now)' },
  option: { type: 'string', value: 'NAME=VALUE', multiple: true, help: 'of the scheme, as a specification gives it' },
  list: { type: 'boolean', help: 'print the schemes, one a line, name first' },
  json: { type: 'boolean', help: 'print JSON, for scripts' },
} as const;

/** `millrace verify` */
export const verifyCommand = defineCommand({
  name: 'verify',
  summary: "whether a webhook's signature is right, and if not, why",
  synopsis: "--scheme NAME --secret-file FILE... --body-file FILE --header 'NAME: VALUE'... | --list",
  help: () => [
    'Verifies a request as a receiver would, says what was looked at, and why it is refused. What commonly goes wrong is',
    'tried: a body that was parsed and written anew, a secret of the wrong kind, a line break too many, a clock, another',
    'URL behind a proxy. No secret is ever printed, and nothing is sent (of PayPal, the certificate is fetched).',
    '',
    `--option knows ${optionNames.any.join(', ')}; of hmac ${optionNames.hmac.join(', ')}.`,
    '',
    `Exit codes: ${exitCodes.done} valid, ${exitCodes.failed} invalid, ${exitCodes.usage} wrong usage. JSON keeps its shape: fields are only ever added.`,
  ],
  options,
  run: verify,
});

async function verify({ values }: Given<typeof options>, context: Context): Promise<number> {
  const { terminal, certificates } = context;
  const { scheme: name, list, json, option = [], 'secret-file': files = [] } = values;
  if (list) {
    terminal.print(listOf(everyScheme(certificates), json === true));
    return exitCodes.done;
  }
  if (name === undefined) throw new UsageError('--scheme is missing: say how it is signed. --list shows the names.');
  if (files.length === 0) throw new UsageError('--secret-file is missing: name a file that holds the secret.');
  const scheme = schemeNamed(name, option, certificates);
  const secrets = files.map(readSecret);
  const question: Question = { scheme, request: requestOf(values), secrets, nowMs: timeOf(values.at, context.now) };
  await prepare(question);
  const verdict = checkRequest(question);
  if (verdict.reason === 'url-missing') {
    throw new UsageError(`${name} signs the URL: give the one that the sender called, by --url.`);
  }
  const causes = verdict.reason === undefined ? [] : likelyCauses(question, verdict, everyScheme(certificates));
  const file = verdict.reason === undefined ? files[verdict.signedBy ?? 0] : undefined;
  terminal.print(json ? jsonOf(question, verdict, causes, file) : textOf(question, verdict, causes, file));
  return verdict.reason === undefined ? exitCodes.done : exitCodes.failed;
}

function listOf(schemes: readonly SignatureScheme[], json: boolean): string {
  if (json) {
    const told = schemes.map(({ name, secretForm, headers, toleranceSeconds }) => ({
      name,
      secret: secretForm,
      headers,
      toleranceSeconds,
    }));
    return JSON.stringify(told, null, 2);
  }
  const width = Math.max(...schemes.map(({ name }) => name.length));
  return schemes.map(({ name, secretForm }) => `${name.padEnd(width)}  ${secretForm}`).join('\n');
}

function requestOf(values: Given<typeof options>['values']): SignedRequest {
  const typed = values.curl === undefined ? undefined : curlRequest(readGiven(values.curl));
  if (typed === undefined && values['body-file'] === undefined) {
    throw new UsageError('--body-file is missing: name a file with the bytes that arrived, or a request by --curl.');
  }
  const body = values['body-file'] === undefined ? typed?.body : readGiven(values['body-file']);
  const url = values.url ?? typed?.url;
  if (url !== undefined && !URL.canParse(url))
    throw new UsageError(`--url '${url}' is no whole URL: https://host/path.`);
  const given = headersOf(values.header ?? []);
  return {
    headers: { ...headersOf(typed?.headers ?? []), ...given },
    body: body ?? Buffer.alloc(0),
    method: (values.method ?? typed?.method ?? 'POST').toUpperCase(),
    ...(url !== undefined && { url }),
  };
}

function timeOf(at: string | undefined, now: () => number): number {
  if (at === undefined) return now();
  if (/^\d{9,11}$/.test(at)) return Number(at) * 1000;
  throw new UsageError(`--at '${at}' is no Unix time in seconds. Write it like 1800000000.`);
}

async function prepare({ scheme, request, nowMs }: Question): Promise<void> {
  try {
    await scheme.prepare?.(request, nowMs);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandError(`The certificate that ${scheme.name} signs by can't be had: ${why}. Nothing was verified.`);
  }
}

function textOf({ scheme, nowMs }: Question, { checks }: Verdict, causes: readonly string[], file?: string): string {
  const width = Math.max(...checks.map(({ what }) => what.length));
  const mark = (passed: boolean | undefined) =>
    passed === undefined ? paint('dim', '-     ') : passed ? 'ok    ' : paint('critical', 'FAILED');
  return [
    `${scheme.name}, as of ${new Date(nowMs).toISOString().replace('T', ' ').replace(/\..*/, ' UTC')}`,
    ...checks.map(({ what, passed, told }) => `  ${mark(passed)}  ${what.padEnd(width)}  ${told}`),
    '',
    file === undefined ? paint('critical', 'Invalid.') : `Valid: signed by the secret in ${file}.`,
    ...(causes.length === 0 ? [] : ['Likely cause:', ...causes.map((cause) => `  - ${cause}`)]),
  ].join('\n');
}

function jsonOf({ scheme, nowMs }: Question, { checks, reason }: Verdict, causes: readonly string[], file?: string) {
  const told = {
    scheme: scheme.name,
    valid: reason === undefined,
    at: new Date(nowMs).toISOString(),
    reason,
    secretFile: file,
    checks: checks.map(({ what, passed, told: text }) => ({ check: what, passed: passed ?? null, told: text })),
    causes,
  };
  return JSON.stringify(told, null, 2);
}
