import * as v from 'valibot';
import { limitsSchema } from './limits.ts';
import { secretClocksSchema } from './webhook-secret.ts';

/**
 * One schema a function. The constructs' `environment` is typed from it, so a missing or misspelt variable fails
 * `tsc`; the handler parses `process.env` with it once per cold start.
 */
const text = v.pipe(v.string(), v.nonEmpty());
const wholeNumber = v.pipe(text, v.regex(/^\d+$/), v.transform(Number));
const textRecord = v.pipe(text, v.parseJson(), v.record(text, text));

/** JSON: system -> how often it may be called; only systems with limits. */
const LIMITS = v.pipe(text, v.parseJson(), v.record(text, limitsSchema));

/** JSON: `policies.webhookSecret` of the integration, in this stage. */
const WEBHOOK_SECRET_CLOCKS = v.pipe(text, v.parseJson(), secretClocksSchema);

/** Read by Powertools itself: the `service` dimension and log key, and the metrics' namespace. */
const powertools = { POWERTOOLS_SERVICE_NAME: text, POWERTOOLS_METRICS_NAMESPACE: text };

/** Where AWS is, as its SDK is told by an emulator; never set on AWS. */
const endpoints = { AWS_ENDPOINT_URL: v.optional(text), AWS_ENDPOINT_URL_S3: v.optional(text) };

/** Where S3 is, where that is not AWS: it may be told apart from all else. */
export function s3EndpointOf({ AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3 }: S3Environment): string | undefined {
  return AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL;
}

interface S3Environment {
  readonly AWS_ENDPOINT_URL?: string | undefined;
  readonly AWS_ENDPOINT_URL_S3?: string | undefined;
}

/** The bucket in which the data of large events waits. */
const largeData = { ...endpoints, DATA_BUCKET: text };

export const receiveEnvironment = v.object({
  ...powertools,
  DATA_BUCKET: text,
  /** JSON: flow name -> queue URL. */
  QUEUE_URLS: textRecord,
  /** Id of the secret that signs this source's webhooks. */
  WEBHOOK_SECRET_ID: text,
  WEBHOOK_SECRET_CLOCKS,
});

export const receiveEventEnvironment = v.object({
  ...powertools,
  DATA_BUCKET: text,
  /** JSON: flow name -> queue URL. */
  QUEUE_URLS: textRecord,
});

export const deliverEnvironment = v.object({
  ...powertools,
  ...largeData,
  /** Of the flow's queue: it is consumed, and what stood behind a parked event is sent back into it. */
  QUEUE_URL: text,
  DEAD_LETTER_QUEUE_URL: text,
  STATE_TABLE: text,
  PARKED_TABLE: text,
  /** JSON: system -> id of the secret that holds what its connector signs in with. */
  CREDENTIAL_SECRET_IDS: textRecord,
  /** JSON: system -> name of the function that refreshes its token; only systems that have tokens. */
  TOKEN_REFRESHERS: textRecord,
  CALL_TIMEOUT_MS: wholeNumber,
  /** Whether systems may be on a private network although their specification does not say so. */
  ALLOW_PRIVATE_ADDRESSES: v.pipe(
    v.picklist(['true', 'false']),
    v.transform((value) => value === 'true'),
  ),
  LIMITS,
  /** JSON: every number of the flow's delivery rules. */
  POLICIES: text,
});

export const parkEnvironment = v.object({
  ...powertools,
  ...largeData,
  STATE_TABLE: text,
  PARKED_TABLE: text,
  /** JSON: name of a queue of dead letters -> flow. */
  DEAD_LETTER_QUEUES: textRecord,
  /** JSON: flow name -> URL of its queue, the way back. */
  QUEUE_URLS: textRecord,
});

export const refreshEnvironment = v.object({
  ...powertools,
  CLIENT_SECRET_ID: text,
  TOKEN_SECRET_ID: text,
  STATE_TABLE: text,
  CALL_TIMEOUT_MS: wholeNumber,
  /** JSON: `policies.auth` of the integration, in this stage. */
  AUTH_POLICY: v.pipe(
    text,
    v.parseJson(),
    v.object({ waitMs: v.number(), settlingMs: v.number(), renewAfterMs: v.number() }),
  ),
});

export const rotateEnvironment = v.object({
  ...powertools,
  /** Of the credentials that it replaces. */
  CREDENTIALS_SECRET_ID: text,
  CALL_TIMEOUT_MS: wholeNumber,
});

export const rotateWebhookEnvironment = v.object({
  ...powertools,
  /** Of the signing secret that it makes. */
  WEBHOOK_SECRET_ID: text,
  WEBHOOK_SECRET_CLOCKS,
});

export const watchEnvironment = v.object({ ...powertools, STATE_TABLE: text, PARKED_TABLE: text, LIMITS });

/** What Lambda itself tells a function: where it runs, and as whom. */
export const lambdaEnvironment = v.object({
  AWS_REGION: text,
  AWS_ACCESS_KEY_ID: text,
  AWS_SECRET_ACCESS_KEY: text,
  AWS_SESSION_TOKEN: v.optional(text),
  ...endpoints,
});

export type LambdaEnvironment = v.InferOutput<typeof lambdaEnvironment>;
export type ReceiveEnvironment = v.InferInput<typeof receiveEnvironment>;
export type ReceiveEventEnvironment = v.InferInput<typeof receiveEventEnvironment>;
export type DeliverEnvironment = v.InferInput<typeof deliverEnvironment>;
export type ParkEnvironment = v.InferInput<typeof parkEnvironment>;
export type RefreshEnvironment = v.InferInput<typeof refreshEnvironment>;
export type RotateEnvironment = v.InferInput<typeof rotateEnvironment>;
export type RotateWebhookEnvironment = v.InferInput<typeof rotateWebhookEnvironment>;
export type WatchEnvironment = v.InferInput<typeof watchEnvironment>;

/**
 * Reads a function's environment.
 * @throws {Error} naming the variable: the stack and the bundle are of different versions; deploy both.
 */
export function parseEnvironment<Schema extends v.GenericSchema>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, environment);
  if (parsed.success) return parsed.output;
  const variables = parsed.issues.map((issue) => v.getDotPath(issue)).join(', ');
  throw new Error(`Environment variables missing or malformed: ${variables}. Deploy the stack this bundle belongs to.`);
}
