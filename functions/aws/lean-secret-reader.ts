import { memberOf } from '../contract/json-bytes.ts';
import type { AwsCall } from './lean-calls.ts';
import { AwsCallError } from './lean-request.ts';
import { type CacheClocks, keepText, type SecretReader } from './secret-reader.ts';

/** Reads one secret, without the SDK; reads at the same time share one call. */
export function leanSecretReader(
  call: AwsCall,
  SecretId: string,
  now: () => number,
  clocks: CacheClocks,
): SecretReader {
  const fetchText = async () => {
    try {
      const text = memberOf(await call('secretsmanager', 'GetSecretValue', { SecretId }), 'SecretString');
      return typeof text === 'string' ? text : undefined;
    } catch (error) {
      // A secret that was created empty has no current version: that is "none", not a failure.
      if (error instanceof AwsCallError && error.name === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  };
  return keepText(fetchText, now, clocks);
}
