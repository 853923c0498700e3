import type { LookupAddress } from 'node:dns';
import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../../../functions/connectors/connector.ts';
import { createHttp } from '../../../../functions/connectors/http/client.ts';
import type { Resolve } from '../../../../functions/connectors/http/public-addresses.ts';
import { stubServer } from '../support/stub-server.ts';

const to = (url: string, differs: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  url,
  headers: {},
  timeoutMs: 500,
  publicOnly: true,
  ...differs,
});
const refused = { kind: 'no-response', code: 'private-address' };
const loopback: LookupAddress[] = [{ address: '127.0.0.1', family: 4 }];
/** A name server that knows one answer. */
const always =
  (answer: LookupAddress[]): Resolve =>
  (_hostname, done) =>
    done(null, answer);

describe('a call that asks for a public host', () => {
  it('does not reach a server on this machine, by address or by name', async () => {
    const server = await stubServer({ status: 200 });
    const { port } = new URL(server.url);
    const http = createHttp();

    const answers = await Promise.all(
      [server.url, `http://localhost:${port}`, `http://[::ffff:127.0.0.1]:${port}`].map((url) => http(to(url))),
    );

    expect(answers).toEqual(Array(3).fill(refused));
    expect(server.requests).toEqual([]);
  });

  it('reaches it all the same where it does not ask', async () => {
    const server = await stubServer({ status: 200 });

    const answer = await createHttp()(to(server.url, { publicOnly: false }));

    expect(answer).toMatchObject({ kind: 'response', status: 200 });
  });

  // The socket itself asks this lookup: between a check and a second question a name could change its meaning.
  it.each(['http', 'https'])('is refused by its socket for a name that means a private address: %s', async (scheme) => {
    const http = createHttp(always(loopback));

    expect(await http(to(`${scheme}://api.example.com/`))).toEqual(refused);
  });

  it('does not get the kept socket of a call that did not ask', async () => {
    const server = await stubServer({ status: 200 });
    const http = createHttp();
    await http(to(server.url, { publicOnly: false }));

    const answer = await http(to(server.url));

    expect(answer).toEqual(refused);
    expect(server.requests).toHaveLength(1);
  });
});

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('is an answer, and goes nowhere: %d', async (status) => {
    const other = await stubServer({ status: 200 });
    const server = await stubServer({ status, headers: { location: other.url } });
    const headers = { authorization: 'Bearer secret' };

    const answer = await createHttp()(to(server.url, { publicOnly: false, headers }));

    expect(answer).toMatchObject({ kind: 'response', status });
    expect(other.requests).toEqual([]);
  });
});
