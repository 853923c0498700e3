import { describe, expect, it } from 'vitest';
import { LocalError } from '../../local/local-error.ts';
import { parseEndpoint } from '../../local/loopback.ts';

describe('parseEndpoint', () => {
  it.each([
    ['http://localhost:4566', 'http://localhost:4566'],
    ['http://localhost:4566/', 'http://localhost:4566'],
    ['https://LOCALHOST:4566', 'https://localhost:4566'],
    ['http://127.0.0.1:4566', 'http://127.0.0.1:4566'],
    ['http://127.8.9.1:4566', 'http://127.8.9.1:4566'],
    ['http://[::1]:4566', 'http://[::1]:4566'],
    // Other spellings of 127.0.0.1.
    ['http://2130706433:4566', 'http://127.0.0.1:4566'],
    ['http://0x7f.1:4566', 'http://127.0.0.1:4566'],
  ])('accepts %s', (text, endpoint) => {
    expect(parseEndpoint(text)).toBe(endpoint);
  });

  it.each([
    'https://sqs.eu-west-1.amazonaws.com',
    'http://localhost.example.com:4566',
    'http://127.0.0.1.example.com:4566',
    'http://localhost@example.com:4566',
    'http://0.0.0.0:4566',
    'http://10.0.0.1:4566',
    'http://[2001:db8::1]:4566',
    'http://[::ffff:10.0.0.1]:4566',
    'http://localstack:4566',
  ])('refuses %s, and says why', (text) => {
    expect(() => parseEndpoint(text)).toThrow(LocalError);
    expect(() => parseEndpoint(text)).toThrow(/is not this machine.*Unset AWS_ENDPOINT_URL/);
  });

  it.each(['localhost:4566', '4566', '', 'ftp://localhost'])('refuses %s, which is no http(s) address', (text) => {
    expect(() => parseEndpoint(text)).toThrow(/no http\(s\) address/);
  });
});
