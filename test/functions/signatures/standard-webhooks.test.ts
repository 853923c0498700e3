import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { standardWebhooks } from '../../../functions/signatures/standard-webhooks.ts';
import { posted, sampleMs } from './support/scheme-case.ts';

const time = String(sampleMs / 1000);
const body = Buffer.from('{"id":1}');
const content = Buffer.concat([Buffer.from(`msg_1.${time}.`), body]);
const shared = Buffer.from('a key of thirty-two bytes, 0123.');
const pair = generateKeyPairSync('ed25519');
const point = Buffer.from(pair.publicKey.export({ format: 'jwk' }).x!, 'base64url');

const v1 = (key: Buffer) => `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
const v1a = `v1a,${sign(null, content, pair.privateKey).toString('base64')}`;
const [whsec, whpk] = [`whsec_${shared.toString('base64')}`, `whpk_${point.toString('base64')}`];

function verify(list: string, secrets: string[], more: Record<string, string> = {}) {
  const headers = { 'webhook-id': 'msg_1', 'webhook-timestamp': time, 'webhook-signature': list, ...more };
  return standardWebhooks().verify(posted(body, headers), secrets, sampleMs).valid;
}

describe('the list of signatures', () => {
  test.each([
    { title: 'the right one first', list: `${v1(shared)} v1,b3RoZXI=`, secrets: [whsec], valid: true },
    { title: 'the right one last', list: `v2,b3RoZXI= v1,b3RoZXI= ${v1(shared)}`, secrets: [whsec], valid: true },
    { title: 'both versions, by the shared secret', list: `${v1a} ${v1(shared)}`, secrets: [whsec], valid: true },
    { title: 'both versions, by the public key', list: `${v1a} ${v1(shared)}`, secrets: [whpk], valid: true },
    { title: 'either version, by either secret', list: v1a, secrets: [whsec, whpk], valid: true },
    { title: 'the other version, by the shared secret', list: v1a, secrets: [whsec], valid: false },
    { title: 'the other version, by the public key', list: v1(shared), secrets: [whpk], valid: false },
    { title: 'two blanks between', list: `${v1(shared)}  ${v1(shared)}`, secrets: [whsec], valid: false },
  ])('of $title: valid is $valid', ({ list, secrets, valid }) => {
    expect(verify(list, secrets)).toBe(valid);
  });

  // Everybody has the public key: it must never be taken for a shared one.
  test.each([point, Buffer.from(whpk), Buffer.from(point.toString('base64'))])(
    'is not made good by an HMAC with the public key, in whatever spelling',
    (key) => {
      expect(verify(v1(key), [whpk])).toBe(false);
    },
  );

  // A repeat is known by the id: one that nobody signed must not stand beside the one that was.
  test('is not taken from one family of headers where there is an id of the other', () => {
    const svix = { 'svix-id': 'msg_1', 'svix-timestamp': time, 'svix-signature': v1(shared) };
    const verified = (headers: Record<string, string>) =>
      standardWebhooks().verify(posted(body, headers), [whsec], sampleMs);

    const [alone, beside] = [verified(svix), verified({ ...svix, 'webhook-id': 'msg_2' })];

    expect(alone).toEqual({ valid: true });
    expect(beside).toEqual({ valid: false, reason: 'header-missing' });
  });

  test('is not taken from one family of headers for the times of the other', () => {
    const old = String(sampleMs / 1000 - 1000);
    const svix = { 'svix-id': 'msg_1', 'svix-timestamp': time, 'svix-signature': v1(shared) };

    const mixed = verify('v1,b3RoZXI=', [whsec], { ...svix, 'webhook-timestamp': old });

    expect(mixed).toBe(false);
  });
});
