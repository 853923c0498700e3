import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { pendingLabel } from '../contract/rotation.ts';
import { awsCallLimits } from './call-limits.ts';

/** One secret's versions in Secrets Manager. */
export function createSecretVersions(SecretId: string) {
  const client = new SecretsManagerClient(awsCallLimits);
  return {
    async readLabels(): Promise<ReadonlyMap<string, readonly string[]>> {
      const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId }));
      return new Map(Object.entries(VersionIdsToStages));
    },
    async readVersion(VersionId: string): Promise<string | undefined> {
      try {
        const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId, VersionId }));
        return SecretString === '' ? undefined : SecretString;
      } catch (error) {
        // A version may have a label and no value: Secrets Manager's own rotations begin so.
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      }
    },
    /** Makes a version that is to come into force; one that was made meanwhile stays as it is. */
    async put(ClientRequestToken: string, SecretString: string): Promise<void> {
      const VersionStages = [pendingLabel];
      try {
        await client.send(new PutSecretValueCommand({ SecretId, SecretString, ClientRequestToken, VersionStages }));
      } catch (error) {
        if (!(error instanceof ResourceExistsException)) throw error;
      }
    },
    async promote(version: string, from: string | undefined): Promise<void> {
      const move = { MoveToVersionId: version, ...(from !== undefined && { RemoveFromVersionId: from }) };
      await client.send(new UpdateSecretVersionStageCommand({ SecretId, VersionStage: 'AWSCURRENT', ...move }));
    },
  };
}
