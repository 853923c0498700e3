import type { SignatureScheme, SignedRequest, Verification } from '../contract/signature-scheme.ts';
import { constantTimeEqual } from './parts/constant-time.ts';

const acknowledged =
  '<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse>';

/**
 * Salesforce's Outbound Messages, which are not signed: a token in the URL, `?token=...`, stands for a signature, and
 * the body must name the organisation that the token was made for. A secret is both: `00D...:<token>`. No time is told.
 * Source: SOAP API Developer Guide, "Outbound Messaging", on notifications and on security.
 *
 * The token is compared before a byte of the body is looked at. Then the id is searched for among the body's bytes, which
 * must have exactly one: nothing is parsed. Whoever has the URL can make up messages of the organisation: flows re-read.
 */
export function salesforceOutboundMessage(): SignatureScheme {
  return {
    name: 'salesforce-outbound-message',
    headers: [],
    toleranceSeconds: 0,
    secretForm: "the organisation's id and the token of the URL, `00D...:<token>`",
    // The id of each notification.
    repeats: { by: 'body' },
    latestStateOnly: true,
    accepted: { statusCode: 200, ...soap(acknowledged) },
    refused: (statusCode, title) => soap(fault(statusCode < 500 ? 'Client' : 'Server', title)),
    checkSecret: (secret) =>
      /^00D[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?:[\w-]{32,128}$/.test(secret)
        ? undefined
        : "is not an organisation's id, a colon, and a token of 32 to 128 letters, digits, - and _",
    verify,
  };
}

/**
 * Makes a message one of the secret's organisation: its id into the body, the token into the URL.
 * @throws {Error} where there is no URL, no such secret, or no id in the body that it could stand in for.
 */
export function signSalesforceOutboundMessage(request: SignedRequest, secret: string): SignedRequest {
  const { url, body } = request;
  const [part] = partsOf([secret]);
  if (part === undefined) throw new Error("The secret is not an organisation's id, a colon and a token. Give both.");
  if (url === undefined) throw new Error('An Outbound Message has its token in the URL: give the one that is called.');
  const own = `<OrganizationId>${part.organization}</OrganizationId>`;
  const text = Buffer.from(body)
    .toString('latin1')
    .replace(/<OrganizationId>[^<]*<\/OrganizationId>/, own);
  if (!text.includes(own)) throw new Error('The body has no OrganizationId: give an Outbound Message.');
  const called = `${url}${url.includes('?') ? '&' : '?'}token=${part.token}`;
  return { ...request, url: called, body: Buffer.from(text, 'latin1') };
}

function verify({ url, body }: SignedRequest, secrets: readonly string[]): Verification {
  if (url === undefined) return { valid: false, reason: 'url-missing' };
  const [token, ...others] = found(url, /[?&]token=([^&#]*)/g);
  if (token === undefined || others.length > 0) return { valid: false, reason: 'token-missing' };
  const owners = partsOf(secrets).filter((part) => constantTimeEqual(part.token, token));
  if (owners.length === 0) return { valid: false, reason: 'signature-mismatch' };
  const [id, ...more] = found(
    Buffer.from(body).toString('latin1'),
    /<OrganizationId>([0-9A-Za-z]{15,18})<\/OrganizationId>/g,
  );
  if (id === undefined || more.length > 0) return { valid: false, reason: 'body-malformed' };
  // An id that people copied has 15 characters or 18: the last three are a checksum of the others.
  const isOwn = owners.some(({ organization }) => constantTimeEqual(id.slice(0, organization.length), organization));
  return isOwn ? { valid: true } : { valid: false, reason: 'signature-mismatch' };
}

function found(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, value = '']) => value);
}

/** Those that are both an id and a token. */
function partsOf(secrets: readonly string[]): { readonly organization: string; readonly token: string }[] {
  return secrets.flatMap((secret) => {
    const [, organization, token] = /^([0-9A-Za-z]{15}|[0-9A-Za-z]{18}):(.+)$/s.exec(secret) ?? [];
    return organization === undefined || token === undefined ? [] : [{ organization, token }];
  });
}

/** Salesforce takes anything but `Ack true` for "send again"; people read a fault's text in its delivery status. */
function fault(side: 'Client' | 'Server', title: string): string {
  return `<soapenv:Fault><faultcode>soapenv:${side}</faultcode><faultstring>${title}</faultstring></soapenv:Fault>`;
}

/** An envelope. What is in it is ours: nothing needs an escape. */
function soap(content: string): { readonly contentType: string; readonly body: string } {
  const envelope = `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>${content}</soapenv:Body></soapenv:Envelope>`;
  return { contentType: 'text/xml; charset=utf-8', body: `<?xml version="1.0" encoding="UTF-8"?>${envelope}` };
}
