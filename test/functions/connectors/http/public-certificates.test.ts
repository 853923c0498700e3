import { X509Certificate } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import type { Http, HttpResponse, NoResponse } from '../../../../functions/connectors/connector.ts';
import { publicCertificates } from '../../../../functions/connectors/http/public-certificates.ts';

const url = 'https://api.paypal.com/v1/notifications/certs/CERT-1';
const answered = (status: number): HttpResponse => ({ kind: 'response', status, headers: {}, body: 'a certificate' });

const answering = (answer: HttpResponse | NoResponse) => {
  const http = vi.fn<Http>(async () => answer);
  return { http, certificates: publicCertificates(() => http) };
};

describe('public certificates', () => {
  it('are asked for in time, and of public addresses alone', async () => {
    const { http, certificates } = answering(answered(200));

    const pem = await certificates.download(url);

    expect(pem).toBe('a certificate');
    expect(http.mock.calls).toEqual([[{ method: 'GET', url, headers: {}, publicOnly: true, timeoutMs: 3000 }]]);
  });

  it.each([301, 302, 403, 404, 410])('are none where the answer is %i', async (status) => {
    const { certificates } = answering(answered(status));

    await expect(certificates.download(url)).resolves.toBeUndefined();
  });

  it.each([answered(429), answered(500), answered(503), { kind: 'no-response', code: 'timeout' } as const])(
    'can not be told from %o',
    async (answer) => {
      const { certificates } = answering(answer);

      await expect(certificates.download(url)).rejects.toThrow('api.paypal.com');
    },
  );

  it('make no connection before they are asked for', () => {
    const connect = vi.fn<() => Http>();

    publicCertificates(connect);

    expect(connect).not.toHaveBeenCalled();
  });

  it('are vouched for by those that Node trusts', () => {
    const authorities = publicCertificates().authorities();

    expect(authorities.length).toBeGreaterThan(50);
    expect(new X509Certificate(authorities[0]!).ca).toBe(true);
  });
});
