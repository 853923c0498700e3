import { gzipSync } from 'node:zlib';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { integrations } from '../../../integrations/integrations.ts';
import { bundleOptions } from '../../../scripts/bundle/build.ts';
import { entriesOf } from '../../../scripts/bundle/entries.ts';

/** The receiver of the shipped Stripe source, built in one of several ways. */
export interface Variant {
  readonly name: string;
  /** What it is compared with. @default the receiver as it is deployed */
  readonly is?: 'deployed' | 'usual';
  build(module: string, root: string, file: string): Promise<void>;
}

export interface BuiltVariant extends Pick<Variant, 'name' | 'is'> {
  readonly file: string;
  readonly bytes: number;
  readonly gzipBytes: number;
}

/** The same calls by the SDK; the store of large events, which is not measured, is left out. */
const bySdk = `import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
export function createLeanAws() {
  const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
  const secrets = new SecretsManagerClient({});
  const call = (service, operation, input) =>
    service === 'sqs' ? sqs.send(new SendMessageCommand(input)) : secrets.send(new GetSecretValueCommand(input));
  return { call, largeDataIn: () => ({ put: async () => {} }) };
}`;

/** Dependencies that do nothing, so that what they cost is seen. */
const idle: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '@aws-lambda-powertools/logger': {
    '@aws-lambda-powertools/logger': 'export class Logger { info() {} warn() {} }',
    '@aws-lambda-powertools/logger/middleware': 'export const injectLambdaContext = () => ({ before() {} });',
  },
  '@aws-lambda-powertools/metrics': {
    '@aws-lambda-powertools/metrics': 'export class Metrics { addMetric() {} }\nexport const MetricUnit = {};',
    '@aws-lambda-powertools/metrics/middleware': 'export const logMetrics = () => ({ before() {} });',
  },
  '@middy/core': {
    '@middy/core': 'export default () => { const it = { use: () => it, handler: (run) => run }; return it; };',
  },
};

const replacing = (name: string, modules: Readonly<Record<string, string>>): Plugin => ({
  name,
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /.*/ }, ({ path, resolveDir }) => {
      const key = Object.keys(modules).find(
        (each) => path === each || (each.startsWith('./') && path.endsWith(each.slice(1))),
      );
      return key === undefined ? undefined : { path: key, namespace: name, pluginData: resolveDir };
    });
    onLoad({ filter: /.*/, namespace: name }, ({ path, pluginData: resolveDir }) => ({
      contents: modules[path] ?? '',
      loader: 'ts',
      resolveDir,
    }));
  },
});

const sdkPlugin = replacing('by-sdk', {
  './lean-calls.ts': bySdk,
  './lean-request.ts': 'export class AwsCallError extends Error {}',
});

const built =
  (options: BuildOptions): Variant['build'] =>
  async (contents, root, outfile) => {
    const stdin = { contents, resolveDir: root, loader: 'ts' } as const;
    await build({ ...options, stdin, absWorkingDir: root, outfile, write: true });
  };

const withPlugins = (...plugins: readonly Plugin[]) =>
  built({ ...bundleOptions, plugins: [...plugins, ...bundleOptions.plugins] });

const usual: BuildOptions = {
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  plugins: [sdkPlugin],
  logLevel: 'error',
};

export const variants: readonly Variant[] = [
  { name: 'the usual way: SDK, built-ins by import', is: 'usual', build: built(usual) },
  { name: 'the receiver', is: 'deployed', build: withPlugins() },
  { name: 'with @aws-sdk/client-sqs and -secrets-manager', build: withPlugins(sdkPlugin) },
  ...Object.entries(idle).map(([name, modules]) => ({
    name: `without ${name}`,
    build: withPlugins(replacing('idle', modules)),
  })),
];

/** @throws {Error} where the shipped source is gone. */
export async function receiverModule(root: string): Promise<string> {
  const entries = await Promise.all(integrations.map((integration) => entriesOf(integration, root)));
  const entry = entries.flat().find(({ name }) => name === 'salesforce-stripe/receive-webhook-stripe');
  if (entry === undefined) throw new Error('There is no receiver of salesforce-stripe/stripe: name another here.');
  return entry.module;
}

export const weigh = (content: Uint8Array) => ({ bytes: content.byteLength, gzipBytes: gzipSync(content).byteLength });
