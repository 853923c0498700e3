import { sign } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { paypal } from '../../../functions/signatures/paypal.ts';
import { type Issued, issue, privateKeyOf } from './support/certificates.ts';
import { sampleMs as ms, posted } from './support/scheme-case.ts';

const name = 'messageverificationcerts.paypal.com';
const usual = 'https://api.paypal.com/v1/notifications/certs/CERT-1';
const webhookId = '96605875FF6516633';
const [minute, hour] = [60_000, 3_600_000];

let root: Issued;
let middle: Issued;
let leaf: Issued;
beforeAll(async () => {
  root = await issue({ subject: 'Root', ca: true, ms });
  middle = await issue({ subject: 'Middle', ca: true, issuer: root, ms });
  leaf = await issue({ subject: name, names: [name], issuer: middle, ms });
});

describe("PayPal's certificate", () => {
  test('counts when the authority vouches for it by what is behind it', async () => {
    expect(await verdictOf(leaf, leaf.pem + middle.pem)).toEqual({ valid: true });
  });

  test('counts when whoever issued it is an authority', async () => {
    expect(await verdictOf(leaf, leaf.pem, [middle.pem])).toEqual({ valid: true });
  });

  const refused: Record<string, () => Promise<[Issued, string, string[]?]>> = {
    'is vouched for by nobody we know': async () => [leaf, leaf.pem + middle.pem, [(await stranger()).pem]],
    'lacks what stands between it and the authority': async () => [leaf, leaf.pem],
    'vouches for itself': async () => alone(await issue({ subject: name, names: [name], ms })),
    'vouches for itself as an authority': async () =>
      alone(await issue({ subject: name, names: [name], ca: true, ms })),
    'names somebody else': async () => {
      const names = ['paypal.com.evil.test', 'evilpaypal.com', 'api.paypal.com.'];
      return alone(await issue({ subject: name, names, issuer: root, ms }));
    },
    'names nobody': async () => alone(await issue({ subject: name, issuer: root, ms })),
    'is issued by one that may not': async () => {
      const below = await issue({ subject: 'Below', names: [name], issuer: leaf, ms });
      return [below, below.pem + leaf.pem + middle.pem];
    },
    'has an issuer of the same name, but another key': async () => {
      const posing = await issue({ subject: 'Root', ca: true, ms });
      return alone(await issue({ subject: name, names: [name], issuer: posing, ms }));
    },
    'is not valid any more': async () =>
      alone(await issue({ subject: name, names: [name], issuer: root, ms: ms - 48 * hour })),
    'is not valid yet': async () =>
      alone(await issue({ subject: name, names: [name], issuer: root, ms: ms + 48 * hour })),
    'is no certificate': async () => [leaf, 'Not found'],
    'is broken': async () => [leaf, leaf.pem.replace(/\nM/, '\n#') + middle.pem],
    'is of another key than signed': async () => [await stranger(), leaf.pem + middle.pem],
  };
  const stranger = () => issue({ subject: 'Stranger', ca: true, ms });
  const alone = (issued: Issued): [Issued, string] => [issued, issued.pem];

  test.each(Object.entries(refused))('does not count when it %s', async (_title, make) => {
    const [signer, pem, authorities] = await make();

    expect((await verdictOf(signer, pem, authorities)).valid).toBe(false);
  });

  test('stops to count when it ends, though it is kept', async () => {
    const { scheme, download } = setup();
    const request = requestBy(leaf);
    await scheme.prepare?.(request, ms + 23 * hour);
    const before = scheme.verify(request, [webhookId], ms + 23 * hour);

    const after = scheme.verify(request, [webhookId], ms + 25 * hour);

    expect(before).toEqual({ valid: true });
    expect(after).toEqual({ valid: false, reason: 'certificate-refused' });
    expect(download).toHaveBeenCalledTimes(1);
  });
});

describe('the URL of a certificate', () => {
  test.each([
    'https://api.paypal.com/v1/notifications/certs/CERT-1',
    'https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1',
    'https://api-m.paypal.com/v1/notifications/certs/CERT-1',
    'https://API.PAYPAL.COM:443/v1/notifications/certs/CERT-1',
  ])('is asked: %s', async (url) => {
    expect(await downloadsFor(url)).toEqual([new URL(url).href]);
  });

  test.each([
    'http://api.paypal.com/v1/notifications/certs/CERT-1',
    'https://api.paypal.com:8443/v1/notifications/certs/CERT-1',
    'https://api.paypal.com.evil.test/v1/notifications/certs/CERT-1',
    'https://evil.test/v1/notifications/certs/CERT-1?api.paypal.com',
    'https://api.paypal.com@evil.test/v1/notifications/certs/CERT-1',
    'https://user@api.paypal.com/v1/notifications/certs/CERT-1',
    'https://www.paypal.com/v1/notifications/certs/CERT-1',
    'https://api.paypal.com/v1/notifications/../../open-redirect?to=evil.test',
    'https://169.254.169.254/latest/meta-data',
    'file:///etc/passwd',
    '//api.paypal.com/v1/notifications/certs/CERT-1',
    '',
  ])('is never asked: %s', async (url) => {
    expect(await downloadsFor(url)).toEqual([]);
  });

  test('is not asked for a request that lacks something', async () => {
    const { scheme, download } = setup();
    const { headers, body } = requestBy(leaf);

    await scheme.prepare?.({ body, headers: { ...headers, 'paypal-transmission-sig': '' } }, ms);

    expect(download).not.toHaveBeenCalled();
  });
});

describe('downloads', () => {
  test('are one for requests at the same time, and for a day', async () => {
    const { scheme, download } = setup();

    await Promise.all(Array.from({ length: 20 }, () => scheme.prepare?.(requestBy(leaf), ms)));
    await scheme.prepare?.(requestBy(leaf), ms + 24 * hour - 1);
    const before = download.mock.calls.length;
    await scheme.prepare?.(requestBy(leaf), ms + 24 * hour);

    expect([before, download.mock.calls.length]).toEqual([1, 2]);
  });

  test('for made-up URLs are ten a minute, and do no harm to the one that is known', async () => {
    const { scheme, download } = setup();
    await scheme.prepare?.(requestBy(leaf), ms);

    for (let made = 0; made < 500; made += 1) {
      await scheme.prepare?.(requestBy(leaf, `${usual}-${made}`), ms + made * 1000);
    }

    expect(download.mock.calls.length).toBeLessThanOrEqual(100);
    expect(scheme.verify(requestBy(leaf), [webhookId], ms + 500_000)).toEqual({ valid: true });
  });

  test('that fail throw, so that the sender repeats, and are tried again', async () => {
    const { scheme, download } = setup();
    download.mockRejectedValueOnce(new Error('timeout'));

    await expect(scheme.prepare?.(requestBy(leaf), ms)).rejects.toThrow('timeout');
    await scheme.prepare?.(requestBy(leaf), ms);

    expect(scheme.verify(requestBy(leaf), [webhookId], ms)).toEqual({ valid: true });
  });

  test('that fail do not end what is kept', async () => {
    const { scheme, download } = setup();
    await scheme.prepare?.(requestBy(leaf), ms - 12 * hour);
    download.mockRejectedValue(new Error('timeout'));

    await scheme.prepare?.(requestBy(leaf), ms + 13 * hour);
    await scheme.prepare?.(requestBy(leaf), ms + 13 * hour + minute - 1);

    expect(scheme.verify(requestBy(leaf), [webhookId], ms + 13 * hour)).toEqual({ valid: true });
    expect(download).toHaveBeenCalledTimes(2);
  });

  test('that find nothing are repeated after a minute', async () => {
    const { scheme, download } = setup();
    download.mockResolvedValueOnce('');

    for (const atMs of [ms, ms + minute - 1, ms + minute]) await scheme.prepare?.(requestBy(leaf), atMs);

    expect(download).toHaveBeenCalledTimes(2);
    expect(scheme.verify(requestBy(leaf), [webhookId], ms + minute)).toEqual({ valid: true });
  });
});

function setup(pem = leaf.pem + middle.pem, authorities = [root.pem]) {
  const download = vi.fn(async (url: string) => (new URL(url).href === usual ? pem : undefined));
  return { scheme: paypal({ certificates: { download, authorities: () => authorities } }), download };
}

async function verdictOf(signer: Issued, pem: string, authorities = [root.pem]) {
  const { scheme } = setup(pem, authorities);
  const request = requestBy(signer);
  await scheme.prepare?.(request, ms);
  return scheme.verify(request, [webhookId], ms);
}

async function downloadsFor(url: string) {
  const { scheme, download } = setup();
  await scheme.prepare?.(requestBy(leaf, url), ms);
  return download.mock.calls.map(([asked]) => asked);
}

function requestBy(signer: Issued, url = usual) {
  const body = Buffer.from('{"id":"WH-1"}');
  const content = Buffer.from(`id-1|2027-01-15T08:00:00Z|${webhookId}|${crc32(body)}`);
  return posted(body, {
    'paypal-transmission-id': 'id-1',
    'paypal-transmission-time': '2027-01-15T08:00:00Z',
    'paypal-transmission-sig': sign('sha256', content, privateKeyOf(signer)).toString('base64'),
    'paypal-cert-url': url,
    'paypal-auth-algo': 'SHA256withRSA',
  });
}
