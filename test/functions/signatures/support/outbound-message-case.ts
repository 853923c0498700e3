import { salesforceOutboundMessage } from '../../../../functions/signatures/salesforce-outbound-message.ts';
import { calledUrl, posted, type SchemeCase } from './scheme-case.ts';

const organization = '00D5f000005KcCnEAK';
const tagged = `<OrganizationId>${organization}</OrganizationId>`;

/**
 * Salesforce signs nothing: a token in the URL stands for the signature. What doesn't apply to it: it has no header of its
 * own, no time, and of the body only the organisation's id is looked at, so any other byte may change (`sameMeaning`).
 */
export const outboundMessageCase: SchemeCase = {
  title: 'salesforce-outbound-message',
  scheme: salesforceOutboundMessage(),
  secret: `${organization}:5OJ-vtEzYp1f_xq3ynTLbA7dRk2gWc8N`,
  otherSecret: '00D5f000005KcCoEAK:Qm9va3MtYXJlLW5vdC1zZWNyZXRzLTE3',
  carry: (content) =>
    Buffer.concat([
      Buffer.from(`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${tagged}<Name>`),
      content,
      Buffer.from('</Name></s:Body></s:Envelope>'),
    ]),
  sign: ({ key }) => key.split(':')[1] ?? '',
  request: (body, token) => posted(body, { 'content-type': 'text/xml' }, `${calledUrl}&token=${token}`),
  sameMeaning: (one, other) => [one, other].every((body) => body.toString('latin1').split(tagged).length === 2),
  respell: (token) => [
    `%35${token.slice(1)}`,
    `${token}=`,
    ` ${token}`,
    encodeURIComponent(`${token}+`),
    Buffer.from(token).toString('base64'),
    `x&token=${token}`,
    `${token}&token=${token}`,
  ],
};
