import type { Plugin } from 'esbuild';

/**
 * Takes Node's own modules by `process.getBuiltinModule` instead of by `import`: an import touches every export, and
 * some are getters that load what nobody asked for. `import 'node:http'` so loads all of undici, 20 ms of each cold
 * start. Here an export is read when it is used, which also lets the X-Ray SDK patch `http` after it was imported.
 */
export const builtinsPlugin: Plugin = {
  name: 'builtins',
  setup(build) {
    build.onResolve({ filter: /^(node:)?[a-z_0-9/]+$/ }, ({ path }) => {
      const name = path.replace(/^node:/, '');
      return process.getBuiltinModule(name) ? { path: `node:${name}`, namespace: 'builtin' } : undefined;
    });
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};
