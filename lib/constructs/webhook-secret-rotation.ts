import { CfnOutput } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { RotateWebhookEnvironment } from '../../functions/contract/environment.ts';
import { bundleName, rotateWebhookSecretOutput } from '../../functions/contract/names.ts';
import type { SecretClocks } from '../../functions/contract/webhook-secret.ts';
import { type NamedSecret, plain, replaceSecret } from '../bindings.ts';
import { BundledFunction, type FunctionContext } from './bundled-function.ts';

export interface WebhookSecretRotationProps {
  readonly context: FunctionContext;
  readonly system: string;
  /** Signs its webhooks. */
  readonly secret: NamedSecret;
  readonly clocks: SecretClocks;
}

/**
 * Makes a new signing secret, and brings it into force beside the old one. There is no rotation schedule: somebody must
 * give the secret to the source within the overlap, and a schedule would end the old one without asking whether they did.
 */
export class WebhookSecretRotation extends Construct {
  constructor(scope: Construct, id: string, { context, system, secret, clocks }: WebhookSecretRotationProps) {
    super(scope, id);
    const rotation = new BundledFunction<RotateWebhookEnvironment>(this, 'RotateWebhookSecret', {
      context,
      bundle: bundleName('rotate-webhook-secret', system),
      serves: system,
      description: `Replaces the signing secret of the webhooks of ${system} (${context.integration})`,
      memoryMb: 256,
      withoutDeadLetters: 'Whoever calls it waits for the answer: what fails is told there.',
      environment: {
        WEBHOOK_SECRET_ID: replaceSecret(secret),
        WEBHOOK_SECRET_CLOCKS: plain(JSON.stringify(clocks)),
      },
    });
    const output = new CfnOutput(this, 'Name', {
      value: rotation.function.functionName,
      description: `Replaces the signing secret of ${system}, by 'millrace rotate' (${context.integration})`,
    });
    output.overrideLogicalId(rotateWebhookSecretOutput(context.integration, system));
  }
}
