import { CfnOutput } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { RotateEnvironment } from '../../functions/contract/environment.ts';
import { bundleName, rotateSecretOutput } from '../../functions/contract/names.ts';
import { type NamedSecret, plain, promoteSecret } from '../bindings.ts';
import { BundledFunction, type FunctionContext } from './bundled-function.ts';

export interface SecretRotationProps {
  readonly context: FunctionContext;
  readonly system: string;
  /** The API key. */
  readonly credentials: NamedSecret;
}

/**
 * Brings a new API key into force once it was tried. There is no rotation schedule: only the system behind it can make a key,
 * and Secrets Manager refuses to rotate a secret whose next version was supplied beforehand. `millrace rotate` does the steps.
 */
export class SecretRotation extends Construct {
  readonly function: IFunction;

  constructor(scope: Construct, id: string, { context, system, credentials }: SecretRotationProps) {
    super(scope, id);
    const rotation = new BundledFunction<RotateEnvironment>(this, 'RotateSecret', {
      context,
      bundle: bundleName('rotate-secret', system),
      serves: system,
      description: `Tries new credentials of ${system}, and brings them into force (${context.integration})`,
      memoryMb: 256,
      withoutDeadLetters: 'Whoever calls it waits for the answer: what fails is told there.',
      environment: {
        CREDENTIALS_SECRET_ID: promoteSecret(credentials),
        CALL_TIMEOUT_MS: plain(context.stage.callTimeoutMs),
      },
    });
    this.function = rotation.function;
    const output = new CfnOutput(this, 'Name', {
      value: this.function.functionName,
      description: `Brings new credentials of ${system} into force, by 'millrace rotate' (${context.integration})`,
    });
    output.overrideLogicalId(rotateSecretOutput(context.integration, system));
  }
}
