import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  salesforceOutboundMessage,
  signSalesforceOutboundMessage,
} from '../../../functions/signatures/salesforce-outbound-message.ts';

const organization = '00D5f000005KcCnEAK';
const token = '5OJ-vtEzYp1f_xq3ynTLbA7dRk2gWc8N';
const secret = `${organization}:${token}`;
const url = `https://hooks.example.test/v1/webhooks/crm/salesforce?token=${token}`;

const recorded = readFileSync(
  new URL('../../fixtures/payloads/salesforce.outbound-message.2-leads.xml', import.meta.url),
  'utf8',
);
const message = recorded.replace('0123456789ABCDENNN', organization);
const tagged = `<OrganizationId>${organization}</OrganizationId>`;

const verify = (text: string, secrets: readonly string[] = [secret], called: string | undefined = url) =>
  salesforceOutboundMessage().verify({ headers: {}, body: Buffer.from(text), url: called }, secrets, 0);

describe('an Outbound Message', () => {
  test.each([
    { title: 'of the organisation, to the URL with the token', secrets: [secret] },
    { title: 'by an id that was copied in its short form', secrets: [`${organization.slice(0, 15)}:${token}`] },
    { title: 'beside a secret that replaces it', secrets: [`${organization}:${'n'.repeat(32)}`, secret] },
    { title: 'to one URL of two organisations', secrets: [`00D5f000005KcCoEAK:${token}`, secret] },
  ])('passes $title', ({ secrets }) => {
    expect(verify(message, secrets)).toEqual({ valid: true });
  });

  test.each([
    { title: 'names another organisation', text: message.replace('KcCn', 'KcCo'), reason: 'signature-mismatch' },
    { title: 'names none', text: message.replace(tagged, ''), reason: 'body-malformed' },
    { title: 'names two', text: message.replace(tagged, tagged + tagged), reason: 'body-malformed' },
    {
      title: 'names another one in a comment',
      text: `${message}<!-- <OrganizationId>00D5f000005KcCoEAK</OrganizationId> -->`,
      reason: 'body-malformed',
    },
    {
      title: 'names it under a namespace of its own',
      text: message.replaceAll('OrganizationId>', 'x:OrganizationId>'),
    },
    { title: 'has no body', text: '' },
  ])('is refused that $title', ({ text, reason = 'body-malformed' }) => {
    expect(verify(text)).toEqual({ valid: false, reason });
  });

  test.each([
    { called: url.replace('?token=', '?key='), reason: 'token-missing' },
    { called: url.replace(/\?.*/, ''), reason: 'token-missing' },
    { called: `${url}&token=${token}`, reason: 'token-missing' },
    { called: url.replace('?', '#?x='), reason: 'token-missing' },
    { called: url.replace(token, ''), reason: 'signature-mismatch' },
    { called: url.replace('token=', 'token=a'), reason: 'signature-mismatch' },
  ])('is refused at $called', ({ called, reason }) => {
    expect(verify(message, [secret], called)).toEqual({ valid: false, reason });
  });

  test("is refused where its receiver doesn't know the URL", () => {
    const verification = salesforceOutboundMessage().verify({ headers: {}, body: Buffer.from(message) }, [secret], 0);

    expect(verification).toEqual({ valid: false, reason: 'url-missing' });
  });

  test.each([
    { title: 'wrong', called: url.replace(token, 'f'.repeat(32)), touched: false },
    { title: 'missing', called: url.replace(/\?.*/, ''), touched: false },
    { title: 'right', called: url, touched: true },
  ])('is looked at only behind its token: $title', ({ called, touched }) => {
    const looks: unknown[] = [];
    const body = new Proxy(Buffer.from(message), {
      get: (bytes, name) => {
        looks.push(name);
        return Reflect.get(bytes, name, bytes);
      },
    });

    salesforceOutboundMessage().verify({ headers: {}, body, url: called }, [secret], 0);

    expect(looks.length > 0).toBe(touched);
  });
});

describe('what we send as the organisation', () => {
  test('is its own message, whichever the sample is of', () => {
    const request = { headers: {}, body: Buffer.from(recorded), url: url.replace(/\?.*/, '?tenant=7') };

    const signed = signSalesforceOutboundMessage(request, secret);

    expect(String(signed.body)).toBe(message);
    expect(signed.url).toBe(url.replace('?', '?tenant=7&'));
  });

  test.each([
    { title: 'no URL', request: { headers: {}, body: Buffer.from(recorded) }, by: secret },
    { title: 'no message', request: { headers: {}, body: Buffer.from('{}'), url }, by: secret },
    { title: 'no token', request: { headers: {}, body: Buffer.from(recorded), url }, by: `${organization}:` },
  ])('is nothing with $title', ({ request, by }) => {
    expect(() => signSalesforceOutboundMessage(request, by)).toThrow();
  });
});
