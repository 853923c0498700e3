import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../bin/errors.ts';
import { curlRequest } from '../../../bin/verify/curl-request.ts';
import { aFile } from '../support/files.ts';

const requestOf = (text: string) => {
  const { body, ...request } = curlRequest(Buffer.from(text));
  return { ...request, body: body?.toString() };
};

describe('a pasted curl command', () => {
  it('is the request that curl would send, as browsers copy it', () => {
    const request = requestOf(`$ curl --location 'https://hooks.example/v1?a=1' \\
  -X POST \\
  -H 'Stripe-Signature: t=1,v1=ab' --header "Content-Type: application/json" \\
  --compressed --data-raw $'{"name":"Zo\\u00eb\\'s"}' --insecure | jq`);

    expect(request).toEqual({
      url: 'https://hooks.example/v1?a=1',
      method: 'POST',
      headers: ['Stripe-Signature: t=1,v1=ab', 'Content-Type: application/json'],
      body: '{"name":"Zoë\'s"}',
    });
  });

  it('takes short options with what is attached to them', () => {
    const request = requestOf(`curl -sS -XPUT -H'A: 1' -d'x=1' -dy=2 -k --url https://a.example`);

    expect(request).toEqual({
      url: 'https://a.example',
      method: 'PUT',
      headers: ['A: 1', 'Content-Type: application/x-www-form-urlencoded'],
      body: 'x=1&y=2',
    });
  });

  it.each([
    ['-d', 'ab'],
    ['--data-binary', 'a\r\nb\n'],
  ])('reads a file as curl does: %s', (option, body) => {
    const file = aFile('a\r\nb\n');

    expect(requestOf(`curl https://a.example ${option} '@${file}'`).body).toBe(body);
  });

  it.each([
    ['curl https://a.example', 'GET', undefined],
    [`curl https://a.example --data-raw '@name'`, 'POST', '@name'],
    [`curl https://a.example --json '{}'`, 'POST', '{}'],
    [`curl -u a:b -o /dev/null -m 5 https://a.example -d 1`, 'POST', '1'],
  ])('%s', (text, method, body) => {
    expect(requestOf(text)).toMatchObject({ method, body, url: 'https://a.example' });
  });

  it.each([
    ['wget https://a.example', 'There is no curl command'],
    ['curl https://a.example -F a=b', "-F can't be used: curl makes the boundaries"],
    ['curl https://a.example --aws-sigv4 x', "--aws-sigv4 can't be used: it is not known here"],
    ['curl https://a.example https://b.example', 'several URLs'],
    ['curl https://a.example -H', '--header has no value'],
    ['curl https://a.example -d @/none/such', "/none/such can't be read (ENOENT)"],
    ['curl https://a.example -d a --data-raw b', 'together have no order'],
  ])('is refused where the bytes can not be known: %s', (text, message) => {
    expect(() => requestOf(text)).toThrow(UsageError);
    expect(() => requestOf(text)).toThrow(message);
  });
});
