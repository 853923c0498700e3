import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import { createSecretReader } from '../../functions/aws/secret-reader.ts';
import { outputName, secretName, stageName } from '../../functions/contract/names.ts';
import type { StageOptions } from '../connect-stage.ts';
import { CommandError } from '../errors.ts';
import type { Source } from '../parts.ts';

/** Where a source posts. */
export interface WebhookTarget {
  readonly url: string;
  /** PEM of a certificate authority that a private receiver's certificate is of. */
  readonly ca?: string;
}

/** What a stage's sources post to, and sign with. */
export interface StageWebhooks {
  targetOf(source: Source): Promise<WebhookTarget>;
  /** @throws {CommandError} where there is none yet. */
  secretOf(source: Source): Promise<string>;
}

/** By the stage's outputs and secrets; `targets`: those that are known otherwise, by `<integration>/<source>`. */
export function createStageWebhooks(
  { stage, client }: Pick<StageOptions, 'stage' | 'client'>,
  targets: ReadonlyMap<string, WebhookTarget> = new Map(),
): StageWebhooks {
  return {
    async targetOf({ integration, name }) {
      const known = targets.get(`${integration}/${name}`);
      if (known !== undefined) return known;
      const StackName = `${stageName(stage)}-pipeline`;
      const { Stacks = [] } = await new CloudFormationClient(client).send(new DescribeStacksCommand({ StackName }));
      const key = `WebhookUrl${outputName(integration, name)}`;
      const url = Stacks.flatMap(({ Outputs = [] }) => Outputs).find(({ OutputKey }) => OutputKey === key)?.OutputValue;
      if (url !== undefined) return { url };
      throw new CommandError(`The stack ${StackName} has no output '${key}'. Deploy the stage, or say where by --to.`);
    },
    async secretOf({ integration, name }) {
      const id = secretName(stage, integration, name, 'webhook');
      const text = await createSecretReader(new SecretsManagerClient(client), id, Date.now).read();
      if (text !== undefined) return signingSecret(text);
      throw new CommandError(`The secret ${id} is empty. Fill it, or give the sender's by --secret-file.`);
    },
  };
}

const rotating = v.pipe(v.string(), v.parseJson(), v.object({ current: v.pipe(v.string(), v.nonEmpty()) }));

/** The text itself, or the newest of those that JSON holds while one is being replaced. */
export function signingSecret(text: string): string {
  const parsed = v.safeParse(rotating, text);
  return parsed.success ? parsed.output.current : text.replace(/\r?\n$/, '');
}
