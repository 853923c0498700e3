import { randomUUID } from 'node:crypto';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import {
  rotateSecretOutput,
  rotateWebhookSecretOutput,
  type SecretPurpose,
  secretName,
  stageName,
} from '../functions/contract/names.ts';
import { pendingLabel, type RotationEvent, type RotationStep } from '../functions/contract/rotation.ts';
import { readWebhookSecret, type WebhookSecret } from '../functions/contract/webhook-secret.ts';
import type { StageOptions } from './connect-stage.ts';
import { CommandError } from './errors.ts';
import type { Part } from './parts.ts';

/** Takes the steps by which a version of a secret comes into force. */
interface Steps {
  /** @throws {CommandError} where the function says that the version can't come into force, in its words. */
  take(step: RotationStep, version: string): Promise<void>;
}

/** How new credentials of a system come into force. */
export interface Rotation extends Steps {
  /** Puts them beside those in force; resolves to their version. */
  supply(credentials: string): Promise<string>;
}

/** How a new secret that signs a system's webhooks comes into force. */
export interface WebhookRotation extends Steps {
  /** A version that is still to be made: its first step makes it. */
  newVersion(): string;
  /** What is in force; undefined where nothing is, or nothing that can sign. */
  read(): Promise<WebhookSecret | undefined>;
}

type Options = Pick<StageOptions, 'stage' | 'client'>;

const failureSchema = v.pipe(v.string(), v.parseJson(), v.object({ errorMessage: v.string() }));

/** The function may call the system four times, and starts cold. */
const longestRunMs = 60_000;

/** By the stage's `rotate-secret` of that system. */
export function createRotation(options: Options, system: Part): Rotation {
  const { secrets, SecretId } = secretOf(options, system, 'credentials');
  const output = rotateSecretOutput(system.integration, system.name);
  const { take, find } = createSteps(options, SecretId, output);
  return {
    take,
    async supply(SecretString) {
      // A stage that can't go on with it gets none.
      await find();
      const ClientRequestToken = randomUUID();
      const VersionStages = [pendingLabel];
      await secrets.send(new PutSecretValueCommand({ SecretId, SecretString, ClientRequestToken, VersionStages }));
      return ClientRequestToken;
    },
  };
}

/** By the stage's `rotate-webhook-secret` of that system. */
export function createWebhookRotation(options: Options, system: Part): WebhookRotation {
  const { secrets, SecretId } = secretOf(options, system, 'webhook');
  const output = rotateWebhookSecretOutput(system.integration, system.name);
  return {
    take: createSteps(options, SecretId, output).take,
    newVersion: randomUUID,
    async read() {
      try {
        const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId }));
        return readWebhookSecret(SecretString);
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      }
    },
  };
}

function secretOf({ stage, client }: Options, { integration, name }: Part, purpose: SecretPurpose) {
  return { secrets: new SecretsManagerClient(client), SecretId: secretName(stage, integration, name, purpose) };
}

/** By the function that an output of the pipeline stack names. */
function createSteps({ stage, client }: Options, SecretId: string, outputKey: string) {
  const requestHandler = { ...client.requestHandler, requestTimeout: longestRunMs, throwOnRequestTimeout: true };
  const lambda = new LambdaClient({ ...client, requestHandler });
  let functionName: Promise<string> | undefined;

  function find(): Promise<string> {
    functionName ??= findFunction({ stage, client }, outputKey);
    return functionName;
  }

  async function take(Step: RotationStep, ClientRequestToken: string): Promise<void> {
    const event: RotationEvent & { SecretId: string } = { SecretId, ClientRequestToken, Step };
    const command = new InvokeCommand({ FunctionName: await find(), Payload: JSON.stringify(event) });
    const { FunctionError, Payload } = await lambda.send(command);
    if (FunctionError === undefined) return;
    const failure = v.safeParse(failureSchema, new TextDecoder().decode(Payload));
    throw new CommandError(failure.success ? failure.output.errorMessage : `${Step} failed: ${FunctionError}.`);
  }

  return { find, take };
}

async function findFunction({ stage, client }: Options, key: string): Promise<string> {
  const StackName = `${stageName(stage)}-pipeline`;
  const { Stacks = [] } = await new CloudFormationClient(client).send(new DescribeStacksCommand({ StackName }));
  const output = Stacks.flatMap(({ Outputs = [] }) => Outputs).find(({ OutputKey }) => OutputKey === key);
  if (output?.OutputValue !== undefined) return output.OutputValue;
  throw new CommandError(`The stack ${StackName} has no output '${key}'. Deploy the stage, then give the command.`);
}
