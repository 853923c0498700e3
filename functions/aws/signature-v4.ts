import { createHash, createHmac } from 'node:crypto';

/** As whom a Lambda function calls AWS. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface UnsignedRequest {
  readonly method: 'POST' | 'PUT';
  readonly host: string;
  /** Letters, digits, hyphens and slashes: it is signed as it is. There is no query. */
  readonly path: string;
  /** By names in lower case: all of them are signed. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * A request's headers, signed by AWS Signature Version 4.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.
 */
export function signV4(
  { method, host, path, headers, body }: UnsignedRequest,
  { region, service }: { region: string; service: string },
  { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials,
  nowMs: number,
): Record<string, string> {
  const time = new Date(nowMs).toISOString().replace(/[:-]|\.\d{3}/g, '');
  const scope = [time.slice(0, 8), region, service, 'aws4_request'];
  const signed: Record<string, string> = { ...headers, host, 'x-amz-date': time };
  if (sessionToken !== undefined) signed['x-amz-security-token'] = sessionToken;
  const names = Object.keys(signed).toSorted();
  const lines = names.map((name) => `${name}:${signed[name]}`);
  const canonical = [method, path, '', ...lines, '', names.join(';'), sha256(body)].join('\n');
  const content = ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(canonical)].join('\n');
  const key = scope.reduce<string | Buffer>((made, part) => hmac(made, part).digest(), `AWS4${secretAccessKey}`);
  const parts = [
    `Credential=${accessKeyId}/${scope.join('/')}`,
    `SignedHeaders=${names.join(';')}`,
    `Signature=${hmac(key, content).digest('hex')}`,
  ];
  return { ...signed, authorization: `AWS4-HMAC-SHA256 ${parts.join(', ')}` };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string) {
  return createHmac('sha256', key).update(text);
}
