import { randomUUID } from 'node:crypto';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import { rotateSecretOutput, secretName, stageName } from '../functions/contract/names.ts';
import { pendingLabel, type RotationEvent, type RotationStep } from '../functions/contract/rotation.ts';
import type { StageOptions } from './connect-stage.ts';
import { CommandError } from './errors.ts';
import type { Part } from './parts.ts';

/** How new credentials of a system come into force. */
export interface Rotation {
  /** Puts them beside those in force; resolves to their version. */
  supply(credentials: string): Promise<string>;
  /** @throws {CommandError} where the function says that the version can't come into force, in its words. */
  take(step: RotationStep, version: string): Promise<void>;
}

const failureSchema = v.pipe(v.string(), v.parseJson(), v.object({ errorMessage: v.string() }));

/** The function may call the system four times, and starts cold. */
const longestRunMs = 60_000;

/** By the stage's `rotate-secret` of that system. */
export function createRotation({ stage, client }: Pick<StageOptions, 'stage' | 'client'>, system: Part): Rotation {
  const secrets = new SecretsManagerClient(client);
  const requestHandler = { ...client.requestHandler, requestTimeout: longestRunMs };
  const lambda = new LambdaClient({ ...client, requestHandler });
  const SecretId = secretName(stage, system.integration, system.name, 'credentials');
  let functionName: Promise<string> | undefined;

  async function findFunction(): Promise<string> {
    const StackName = `${stageName(stage)}-pipeline`;
    const { Stacks = [] } = await new CloudFormationClient(client).send(new DescribeStacksCommand({ StackName }));
    const key = rotateSecretOutput(system.integration, system.name);
    const output = Stacks.flatMap(({ Outputs = [] }) => Outputs).find(({ OutputKey }) => OutputKey === key);
    if (output?.OutputValue !== undefined) return output.OutputValue;
    throw new CommandError(`The stack ${StackName} has no output '${key}'. Deploy the stage, then give the command.`);
  }

  return {
    async supply(SecretString) {
      functionName ??= findFunction();
      await functionName;
      const ClientRequestToken = randomUUID();
      const VersionStages = [pendingLabel];
      await secrets.send(new PutSecretValueCommand({ SecretId, SecretString, ClientRequestToken, VersionStages }));
      return ClientRequestToken;
    },
    async take(Step, ClientRequestToken) {
      functionName ??= findFunction();
      const event: RotationEvent & { SecretId: string } = { SecretId, ClientRequestToken, Step };
      const command = new InvokeCommand({ FunctionName: await functionName, Payload: JSON.stringify(event) });
      const { FunctionError, Payload } = await lambda.send(command);
      if (FunctionError === undefined) return;
      const failure = v.safeParse(failureSchema, new TextDecoder().decode(Payload));
      throw new CommandError(failure.success ? failure.output.errorMessage : `${Step} failed: ${FunctionError}.`);
    },
  };
}
