import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { SignatureV4 } from '@smithy/signature-v4';

/**
 * Thrown where S3 refused a call or failed, under S3's own code as its name, like the SDK's errors: `AccessDenied`,
 * `SlowDown`. Do it again; where that stays, look at the rights of whoever called, and at the bucket and its key.
 */
export class S3Error extends Error {
  readonly status: number;
  readonly code: string;

  /** `action`: what was asked, as policies name it. */
  constructor(action: string, status: number, code = 'S3Error') {
    super(`S3 answered ${status} ${code} to ${action}`);
    this.name = code;
    this.status = status;
    this.code = code;
  }
}

export interface S3Options {
  /** Any client of the SDK that there is: S3 is called as whom, where and over which sockets it calls. */
  readonly client: SQSClient | DynamoDBClient;
  readonly bucket: string;
  /** Where S3 is, for an emulator's sake: there a bucket has no host of its own. @default AWS */
  readonly endpoint: string | undefined;
}

export interface S3Call {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  /** Letters, digits, hyphens and slashes: it is signed as it is. @default the bucket itself */
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** The object that this one becomes a copy of. */
  readonly copyOf?: string;
  readonly body?: string;
  /** For all tries together. */
  readonly timeoutMs: number;
}

/** Answers the body. Throws `S3Error` for any answer but success, and a `TimeoutError` where none came in time. Every call that is made may be made twice. */
export type S3 = (call: S3Call) => Promise<string>;

/** A socket that was kept may have been closed, and S3 asks now and then to try again at once. */
const tries = 2;

/**
 * Calls S3 without a client of its own, which would cost each bundle 160 KB and more: signs by the SDK's signer, and sends
 * by its handler, which both come with any other client (docs/decisions/019).
 */
export function createS3({ client: { config }, bucket, endpoint }: S3Options): S3 {
  const { credentials, sha256 } = config;
  const signer = new SignatureV4({ credentials, region: config.region, service: 's3', sha256, uriEscapePath: false });

  async function send(call: S3Call, abortSignal: AbortSignal) {
    const region = await config.region();
    const { url, path } = placeOf(bucket, region, endpoint);
    const { method, key = '', query = {}, copyOf, body } = call;
    const headers = {
      host: url.host,
      ...(method === 'PUT' ? { 'content-length': String(Buffer.byteLength(body ?? '')) } : {}),
      ...(copyOf === undefined ? {} : { 'x-amz-copy-source': `/${bucket}/${copyOf}` }),
      ...call.headers,
    };
    const signed = await signer.sign({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port === '' ? {} : { port: Number(url.port) }),
      path: `${path}${key}`,
      query: { ...query },
      headers,
      ...(body === undefined ? {} : { body }),
    });
    const { response } = await config.requestHandler.handle(signed, { abortSignal });
    const text = config.utf8Encoder(await config.streamCollector(response.body));
    return { status: response.statusCode, text };
  }

  return async (call) => {
    const signal = AbortSignal.timeout(Math.max(0, call.timeoutMs));
    for (let tried = 1; ; tried += 1) {
      const isLast = tried === tries;
      const answer = await send(call, signal).catch((error: unknown) => {
        if (isLast || signal.aborted) throw signal.aborted ? signal.reason : error;
      });
      if (answer === undefined) continue;
      const code = codeOf(call, answer);
      if (answer.status < 300 && code === undefined) return answer.text;
      if (isLast || (answer.status >= 300 && answer.status < 500)) {
        throw new S3Error(actionOf(call), answer.status, code);
      }
    }
  };
}

/** Of an error; a copy that fails halfway is answered 200, and the error. */
function codeOf({ method }: S3Call, { status, text }: { status: number; text: string }): string | undefined {
  if (method === 'GET' && status === 200) return undefined;
  return /<Error>.*?<Code>([\w.]+)<\/Code>/s.exec(text)?.[1];
}

function actionOf({ method, key }: S3Call): string {
  if (key === undefined) return 's3:ListBucket';
  return { GET: 's3:GetObject', PUT: 's3:PutObject', DELETE: 's3:DeleteObject' }[method];
}

function placeOf(bucket: string, region: string, endpoint: string | undefined) {
  if (endpoint !== undefined) return { url: new URL(endpoint), path: `/${bucket}/` };
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return { url: new URL(`https://${bucket}.s3.${region}.${suffix}`), path: '/' };
}
