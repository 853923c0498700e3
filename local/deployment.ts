import { type CdkOptions, createCdk, type StackOutputs } from './cdk.ts';
import type { Endpoint } from './endpoint.ts';
import { LocalError } from './local-error.ts';
import type { ShowStep } from './steps.ts';

export interface DeploymentOptions extends CdkOptions {
  /** The stack with the API, whose place is its output `ApiPath`. */
  readonly apiStack: string;
}

interface Deployed {
  readonly apiPath: string;
  readonly outputs: StackOutputs;
}

/** The deployment of all stacks; what it throws is a LocalError with the end of the CDK's output. */
export interface Deployment {
  /**
   * Deploys to an empty account. Where it may not be empty, an earlier run's stacks are removed first: their functions
   * still remember the addresses and tokens of systems that are gone.
   */
  deploy(endpoint: Endpoint, step: ShowStep, isEmpty: boolean): Promise<Deployed>;
  /** Builds and deploys what changed since; what was deployed before runs on where that fails. */
  redeploy(endpoint: Endpoint, step: ShowStep): Promise<void>;
  /** Stops what is under way. */
  stop(): Promise<void>;
}

/** Begins to build and synthesise at once: that takes longest, and needs no endpoint. */
export function beginDeployment(options: DeploymentOptions): Deployment {
  const stopping = new AbortController();
  const cdk = createCdk({ ...options, signal: AbortSignal.any([options.signal, stopping.signal]) });
  const synthesised = cdk.synthesise(() => {});
  // Whoever deploys hears of it.
  synthesised.catch(() => {});
  let underWay: Promise<unknown> = synthesised;
  let apiPath: string | undefined;

  async function deployNow(endpoint: Endpoint, step: ShowStep, title: string): Promise<Deployed> {
    const outputs = await step(title, (say) => cdk.deploy(endpoint, say));
    const found = outputs[options.apiStack]?.ApiPath;
    if (found === undefined) {
      throw new LocalError(`The stack '${options.apiStack}' has no output 'ApiPath': add it to the stack.`);
    }
    return { apiPath: found, outputs };
  }

  return {
    async deploy(endpoint, step, isEmpty) {
      await step('Bootstrap the AWS account', (say) => cdk.bootstrap(endpoint, say));
      await step('Build and synthesise the stacks', () => synthesised);
      if (!isEmpty) await step('Remove the stacks of an earlier run', (say) => cdk.destroy(endpoint, say));
      const deployed = await deployNow(endpoint, step, 'Deploy the stacks');
      apiPath = deployed.apiPath;
      return deployed;
    },
    async redeploy(endpoint, step) {
      const changed = step('Build and synthesise the stacks', (say) => cdk.synthesise(say)).then(() =>
        deployNow(endpoint, step, 'Deploy what changed'),
      );
      underWay = changed;
      if ((await changed).apiPath === apiPath) return;
      throw new LocalError('The API was replaced, so its address changed: stop the local pipeline and start it again.');
    },
    async stop() {
      stopping.abort();
      await Promise.allSettled([underWay]);
    },
  };
}
