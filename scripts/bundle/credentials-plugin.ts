import type { Plugin } from 'esbuild';

/**
 * Leaves out of the SDK every way to find credentials but the one that Lambda has: environment variables. The others
 * (profiles, SSO, web identity, instance metadata, each with a client of its own) are 120 KB that never run there.
 */
export const credentialsPlugin: Plugin = {
  name: 'credentials',
  setup(build) {
    build.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ path, resolveDir }) => ({
      path,
      namespace: 'credentials',
      pluginData: resolveDir,
    }));
    build.onLoad({ filter: /.*/, namespace: 'credentials' }, ({ pluginData: resolveDir }) => ({
      contents: "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';",
      resolveDir,
    }));
  },
};
