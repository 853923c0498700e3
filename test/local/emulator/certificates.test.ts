import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { prepareCertificates } from '../../../local/emulator/certificates.ts';
import { request } from '../../support/request.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-tls-'));
});
afterEach(() => rm(folder, { recursive: true }));

const dayMs = 24 * 60 * 60 * 1000;

it.each(['localhost', '127.0.0.1'])('is trusted for %s by who trusts the CA, and by nobody else', async (host) => {
  const { caFile, chainFile, keyFile } = await prepareCertificates(folder, new Date());
  const server = createServer({ cert: await readFile(chainFile), key: await readFile(keyFile) }, (_, response) =>
    response.end('ok'),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://${host}:${(server.address() as AddressInfo).port}/`;

  const trusted = await request(url, { caFile });
  const untrusted = request(url);

  await expect(untrusted).rejects.toThrow(/certificate/);
  expect(trusted).toMatchObject({ status: 200, body: 'ok' });
  server.close();
});

it('is reused while it is valid, and made anew before it ends', async () => {
  const now = new Date();
  const { caFile } = await prepareCertificates(folder, now);
  const first = await readFile(caFile, 'utf8');

  await prepareCertificates(folder, new Date(now.getTime() + 300 * dayMs));
  const later = await readFile(caFile, 'utf8');
  await prepareCertificates(folder, new Date(now.getTime() + 364.5 * dayMs));
  const last = await readFile(caFile, 'utf8');

  expect(later).toBe(first);
  expect(last).not.toBe(first);
});

it('keeps one key, for its owner only, and not that of the CA', async () => {
  const { keyFile } = await prepareCertificates(folder, new Date());

  expect((await readdir(folder)).sort()).toEqual(['ca.pem', 'server.key', 'server.pem']);
  expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
});
