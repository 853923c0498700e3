import { S3Error } from '../functions/aws/signed-s3.ts';
import { CommandError } from './errors.ts';

const refused = /^(KMS|Kms)?AccessDenied(Exception)?$/;
/** Node's codes of sockets, names and certificates. */
const ofTheNetwork =
  /^(ECONN(REFUSED|RESET|ABORTED)|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|E(HOST|NET)UNREACH|EPIPE|EPROTO|.*CERT.*|UNABLE_TO_.*)$/;
const badCredentials = new Set([
  'CredentialsProviderError',
  'TokenProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
]);

/** What AWS answered, or that it did not, in words that tell the next step; undefined for what is not of AWS. */
export function explainAwsError(error: unknown): CommandError | undefined {
  if (!(error instanceof Error)) return undefined;
  const text = error.message || error.name;
  const because = (message: string) => new CommandError(message, { cause: error });
  if (badCredentials.has(error.name)) {
    return because(`AWS takes no credentials of yours (${text}). Sign in, or set AWS_PROFILE, and try again.`);
  }
  // AWS names the action itself.
  if (refused.test(error.name)) return because(`${text}. Ask for that permission, or set AWS_PROFILE to who has it.`);
  if (error instanceof S3Error) return because(`${text}. Give the command again.`);
  if ('$metadata' in error && '$fault' in error) return because(`AWS answered ${error.name}: ${text}`);
  const failed = [error, ...(error instanceof AggregateError ? error.errors : [])];
  if (error.name === 'TimeoutError' || failed.some(isOfTheNetwork)) {
    return because(`AWS does not answer (${text || failed.map(String).join()}). Look at the network, and try again.`);
  }
  // Powertools wraps what AWS answered.
  return explainAwsError(error.cause);
}

function isOfTheNetwork(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ofTheNetwork.test(String(error.code));
}
