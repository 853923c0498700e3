import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../../../functions/connectors/connector.ts';
import { anOrder, order, rest, restAt, secretOf, simulatedEndpoint } from '../support/plain.ts';
import { stubServer } from '../support/stub-server.ts';
import { aCall, HeldCredentials } from '../support/systems.ts';

const malformed = { kind: 'auth', code: 'credentials-malformed', operation: 'credentials.read' };

describe('signing in', () => {
  it.each([
    ['bearer', { token: 't0ken' }, { authorization: 'Bearer t0ken' }],
    ['basic', { username: 'ada', password: 'a:b' }, { authorization: `Basic ${btoa('ada:a:b')}` }],
    [{ header: 'X-Api-Key' }, { token: 't0ken' }, { 'x-api-key': 't0ken' }],
  ] as const)('is %j', async (auth, secret, sent) => {
    const server = await stubServer({ status: 200, body: '{}' });
    const credentials = new HeldCredentials(secretOf(server.url, { ...secret, unknown: 'ignored' }));

    await restAt(credentials, { ...rest, auth }).read(order, 'ord_1', aCall());

    const { headers } = server.requests[0]!;
    expect(headers).toMatchObject(sent);
    expect(headers.authorization).toBe('authorization' in sent ? sent.authorization : undefined);
  });

  it('reads the secret again once where it is refused, and repeats the call once', async () => {
    const { url } = await simulatedEndpoint();
    const old = secretOf(url, { token: 'old' });
    const credentials = new HeldCredentials(old, secretOf(url));

    const outcome = await restAt(credentials).write(anOrder(), aCall());

    expect(outcome).toMatchObject({ kind: 'success' });
    expect(credentials.refused).toEqual([old]);
  });

  it('follows the secret to another host: that is how an operator moves it', async () => {
    const [first, second] = [await stubServer({ status: 401 }), await stubServer({ status: 200, body: '{}' })];
    const credentials = new HeldCredentials(secretOf(first.url), secretOf(second.url));

    const outcome = await restAt(credentials).read(order, 'ord_1', aCall());

    expect(outcome).toMatchObject({ kind: 'success' });
  });

  it.each([
    ['nothing', ''],
    ['no JSON', 'token'],
    ['no url', '{"token":"t"}'],
    ['no token', '{"url":"https://api.example.com"}'],
    ['an empty token', secretOf('https://api.example.com', { token: '' })],
    ['a token of two lines', secretOf('https://api.example.com', { token: 'a\nb' })],
    ['a token with the line break of an editor', secretOf('https://api.example.com', { token: 'a\n' })],
    ['no URL in url', secretOf('api.example.com')],
    ['another protocol', secretOf('ftp://api.example.com')],
    ['a password in the URL', secretOf('https://ada:secret@api.example.com')],
    ['a query in the URL', secretOf('https://api.example.com/?key=1')],
  ])('is refused before any call with %s in the secret', async (_what, secret) => {
    const outcome = await restAt(new HeldCredentials(secret)).read(order, 'ord_1', aCall());

    expect(outcome).toEqual(malformed);
  });
});

describe('a call', () => {
  it('goes below the path of the URL, carries who calls and why, and what the specification adds', async () => {
    const server = await stubServer({ status: 200, body: '{}' });
    const options = { ...rest, headers: { Accept: 'application/vnd.acme.v2+json', 'X-Tenant': 'mill' } };
    const call = { ...aCall(), traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' };

    await restAt(`${server.url}/v2/`, options).read(order, 'ord_1', call);

    expect(server.requests).toMatchObject([
      {
        method: 'GET',
        url: '/v2/orders/ord_1',
        headers: {
          accept: 'application/vnd.acme.v2+json',
          'x-tenant': 'mill',
          'user-agent': 'millrace',
          'x-correlation-id': 'corr-1',
          traceparent: call.traceparent,
        },
      },
    ]);
  });

  it('does not follow a redirect, and so takes its credentials nowhere', async () => {
    const other = await stubServer({ status: 200, body: '{}' });
    const server = await stubServer({ status: 308, headers: { location: `${other.url}/orders/ord_1` } });

    const outcome = await restAt(server.url).write(anOrder(), aCall());

    expect(outcome).toMatchObject({ kind: 'permanent', code: 'http-308', status: 308 });
    expect(other.requests).toEqual([]);
  });
});

describe('where neither specification nor stage allow a private network', () => {
  const nowhere = { allowPrivateAddresses: false };

  it('plain http is refused before any call', async () => {
    const server = await stubServer({ status: 200, body: '{}' });

    const outcome = await restAt(server.url, rest, nowhere).read(order, 'ord_1', aCall());

    expect(outcome).toEqual(malformed);
    expect(server.requests).toEqual([]);
  });

  it.each(['https://127.0.0.1:1', 'https://localhost:1', 'https://169.254.169.254', 'https://[::1]:1'])(
    'nothing is sent to %s: an operator must act, and no event is at fault',
    async (url) => {
      const outcome = await restAt(url, rest, nowhere).write(anOrder(), aCall());

      expect(outcome).toEqual({ kind: 'auth', code: 'private-address', operation: 'warehouse.put' });
    },
  );

  it.each([
    ['neither', undefined, undefined, [true]],
    ['the specification', true, undefined, [false]],
    ['the stage', undefined, true, [false]],
  ])('is asked for by each request: %s allows it', async (_who, specified, staged, expected) => {
    const requests: HttpRequest[] = [];
    const http = async (request: HttpRequest) => {
      requests.push(request);
      return { kind: 'response', status: 200, headers: {}, body: '{}' } as const;
    };
    const options = { ...rest, ...(specified && { allowPrivateAddresses: specified }) };

    await restAt('https://api.example.com', options, { http, allowPrivateAddresses: staged }).read(
      order,
      'ord_1',
      aCall(),
    );

    expect(requests.map(({ publicOnly }) => publicOnly)).toEqual(expected);
  });
});
