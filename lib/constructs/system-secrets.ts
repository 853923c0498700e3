import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { type SecretPurpose, secretName } from '../../functions/contract/names.ts';
import { hasOwnSecret, hasTokens, type System } from '../../functions/specification/system.ts';
import type { NamedSecret } from '../bindings.ts';
import { removalOf, type Stage } from '../stage.ts';

export interface SystemSecretsProps {
  readonly stage: Stage;
  readonly key: IKey;
  readonly integration: string;
  readonly system: System;
}

const formats = {
  'api-key': '{"apiKey"}',
  'client-credentials': '{"url","clientId","clientSecret"}',
  'jwt-bearer': '{"url","clientId","username","privateKey"}',
  token: '{"url","token"}',
  basic: '{"url","username","password"}',
};

/** What the credentials secret holds. */
function formatOf(system: System): string {
  if (system.auth !== undefined) return formats[system.auth];
  const plain = system.connector === 'rest' ? system.rest : system.connector === 'graphql' ? system.graphql : undefined;
  return formats[plain?.auth === 'basic' ? 'basic' : 'token'];
}

/** What people read in the console when they fill it. */
function describe(system: System, purpose: SecretPurpose): string {
  const descriptions: Record<SecretPurpose, string> = {
    webhook: `signs its webhooks: ${hasOwnSecret(system) ? 'made by `millrace rotate`' : 'the signing secret as plain text'}`,
    credentials: `what Millrace signs in with: ${formatOf(system)}`,
    token: 'access token, written by refresh-token, never by hand',
  };
  return `${system.name}, ${descriptions[purpose]}`;
}

/** How a secret is replaced, for those who audit the templates. */
function rotationOf(system: System, purpose: SecretPurpose): string {
  const rotations: Record<SecretPurpose, string> = {
    webhook: hasOwnSecret(system)
      ? 'People start each rotation, since they give the value to the system that signs: rotate-webhook-secret makes it.'
      : 'The system that sends the webhooks makes this value: it is rotated there, and both values are accepted meanwhile.',
    credentials:
      system.auth === 'api-key'
        ? 'The system behind it makes this value: people supply the next one, and rotate-secret tries and promotes it.'
        : 'The system behind it makes this value, and Secrets Manager has no rotation for it: people rotate it there.',
    token: 'refresh-token writes a new value every 45 minutes.',
  };
  return rotations[purpose];
}

/** A system's secrets, created empty: their values never pass through a template. */
export class SystemSecrets extends Construct {
  /** Only systems that send webhooks. */
  readonly webhook?: NamedSecret;
  /** Only systems that are called. */
  readonly credentials?: NamedSecret;
  /** Only systems whose credentials are made into tokens. */
  readonly token?: NamedSecret;

  constructor(scope: Construct, id: string, props: SystemSecretsProps) {
    super(scope, id);
    if (props.system.webhook) this.webhook = this.secret('webhook', props);
    if (props.system.connector) this.credentials = this.secret('credentials', props);
    if (hasTokens(props.system)) this.token = this.secret('token', props);
  }

  /** What calls to the system are signed in with: a token where it has them, else the credentials; none without calls. */
  get access(): NamedSecret | undefined {
    return this.token ?? this.credentials;
  }

  private secret(purpose: SecretPurpose, { stage, key, integration, system }: SystemSecretsProps): NamedSecret {
    const name = secretName(stage.name, integration, system.name, purpose);
    const description = describe(system, purpose);
    // The L2 construct would generate a random value, which a receiver would take for the real one.
    const secret = new CfnSecret(this, purpose, { name, description, kmsKeyId: key.keyArn });
    secret.applyRemovalPolicy(removalOf(stage));
    Validations.of(secret).acknowledge({ id: 'AwsSolutions::AwsSolutions-SMG4', reason: rotationOf(system, purpose) });
    const resource = { service: 'secretsmanager', resource: 'secret', resourceName: `${name}-??????` };
    const arn = Stack.of(this).formatArn({ ...resource, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
    return { name, arn, key };
  }
}
