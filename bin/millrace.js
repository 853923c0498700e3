#!/usr/bin/env node
// What npm links as `millrace`. A checkout's sources run as they are; what was installed from a tarball was built.
import { existsSync } from 'node:fs';

const sources = new URL('millrace.ts', import.meta.url);
const built = new URL('../dist-package/millrace.js', import.meta.url);
const isCheckout = existsSync(sources);
if (isCheckout && !process.features.typescript) {
  console.error('millrace: A checkout needs Node 24, which npm ci put into it. Run it as: npx millrace');
  process.exit(1);
}
await import((isCheckout ? sources : built).href);
