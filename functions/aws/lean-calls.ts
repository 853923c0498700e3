import { type LambdaEnvironment, s3EndpointOf } from '../contract/environment.ts';
import { isObject, parseJsonBytes } from '../contract/json-bytes.ts';
import type { LargeData } from '../contract/large-data.ts';
import { createLeanSender, domainOf } from './lean-request.ts';

/** The two APIs of JSON that a receiver calls: what begins the name of an operation, and their version of it. */
const services = {
  sqs: { target: 'AmazonSQS', contentType: 'application/x-amz-json-1.0' },
  secretsmanager: { target: 'secretsmanager', contentType: 'application/x-amz-json-1.1' },
} as const;

/** Answers what AWS did. @throws {AwsCallError} */
export type AwsCall = (service: keyof typeof services, operation: string, input: object) => Promise<unknown>;

/** All that a receiver asks of AWS. */
export interface LeanAws {
  readonly call: AwsCall;
  /** Puts the data of large events into the bucket. @throws {AwsCallError} */
  largeDataIn(bucket: string): Pick<LargeData, 'put'>;
}

/** Calls AWS without its SDK. `access` is asked at the first call: nothing is needed at import. */
export function createLeanAws(access: () => LambdaEnvironment): LeanAws {
  const send = createLeanSender();
  let known: LambdaEnvironment | undefined;
  const environment = () => {
    known ??= access();
    return known;
  };
  return {
    async call(service, operation, input) {
      const { AWS_REGION: region, AWS_ENDPOINT_URL: endpoint } = environment();
      const { target, contentType } = services[service];
      const url = new URL(endpoint ?? `https://${service}.${region}.${domainOf(region)}`);
      const headers = { 'content-type': contentType, 'x-amz-target': `${target}.${operation}` };
      const request = { service, method: 'POST', url, headers, body: JSON.stringify(input) } as const;
      const answer = parseJsonBytes(await send(request, environment()));
      return isObject(answer) ? answer : undefined;
    },
    largeDataIn: (bucket) => ({
      async put({ key, sha256 }, body) {
        const { AWS_REGION: region } = environment();
        const endpoint = s3EndpointOf(environment());
        // An emulator's buckets have no hosts of their own.
        const at =
          endpoint === undefined
            ? `https://${bucket}.s3.${region}.${domainOf(region)}/${key}`
            : `${endpoint}/${bucket}/${key}`;
        const headers = { 'content-type': 'application/json', 'x-amz-content-sha256': sha256 };
        await send({ service: 's3', method: 'PUT', url: new URL(at), headers, body }, environment());
      },
    }),
  };
}
