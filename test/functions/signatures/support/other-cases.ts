import { createHash } from 'node:crypto';
import { adyen } from '../../../../functions/signatures/adyen.ts';
import { hubspot } from '../../../../functions/signatures/hubspot.ts';
import { twilio } from '../../../../functions/signatures/twilio.ts';
import { base64Respelt, calledUrl, hexRespelt, hmacOf, posted, type SchemeCase } from './scheme-case.ts';

const secrets = { secret: 'c2VjcmV0LW9m-a-sender', otherSecret: 'b3RoZXI-of-a-sender' };

const hubspotOld = (version: 'v1' | 'v2'): SchemeCase => ({
  ...secrets,
  title: `hubspot: ${version}`,
  signs: version === 'v2' ? ['method', 'url', 'query'] : [],
  scheme: hubspot({ versions: [version] }),
  sign: ({ body, key }) =>
    createHash('sha256')
      .update(key + (version === 'v2' ? `POST${calledUrl}` : ''))
      .update(body)
      .digest('hex'),
  request: (body, signature) =>
    posted(body, { 'x-hubspot-signature': signature, 'x-hubspot-signature-version': version }),
  unknownVersion: () => ({ 'x-hubspot-signature-version': version === 'v1' ? 'v2' : 'v1' }),
  respell: hexRespelt,
});

const formOf = (content: Buffer) => {
  const escaped = content.toString('hex').replace(/../g, '%$&');
  return Buffer.from(`To=%2B1415&Body=${escaped}&A=1`);
};

/** What Twilio signs of such a form: the fields by name. */
function formText(body: Buffer): Buffer {
  const hex = /Body=([%0-9a-f]*)&/.exec(body.toString())![1]!.replaceAll('%', '');
  return Buffer.concat([Buffer.from('A1Body'), Buffer.from(hex, 'hex'), Buffer.from('To+1415')]);
}

const adyenKey = '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056';
const adyenSecrets = {
  secret: adyenKey,
  otherSecret: 'DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00',
  wrongSecrets: [`${adyenKey} `, adyenKey.slice(0, -1), adyenKey.slice(0, -2), `0x${adyenKey}`, 'secret'],
};

interface Item {
  readonly [field: string]: unknown;
  readonly amount: Readonly<Record<string, unknown>>;
  readonly additionalData?: { hmacSignature: unknown };
}

const fieldsOf = (item: Item) => [
  ...[item.pspReference, item.originalReference, item.merchantAccountCode, item.merchantReference],
  ...[item.amount.value, item.amount.currency, item.eventCode, item.success],
];
const adyenText = (item: Item) =>
  fieldsOf(item)
    .map((value) => value ?? '')
    .join(':');

/** The first item of a body, if it is one; undefined for anything else. */
function adyenItem(body: Buffer): Item | undefined {
  try {
    return JSON.parse(body.toString()).notificationItems[0].NotificationRequestItem;
  } catch {
    return undefined;
  }
}

/** The schemes that sign a URL, fields or the secret itself. */
export const otherCases: readonly SchemeCase[] = [
  {
    ...secrets,
    title: 'hubspot: v3',
    signs: ['method', 'url', 'query'],
    scheme: hubspot(),
    time: (ms) => String(ms),
    malformedTimes: (ms) => [
      `${ms / 1000}`,
      `${ms}.0`,
      ` ${ms}`,
      `0${ms}`,
      `+${ms}`,
      new Date(ms).toISOString(),
      'NaN',
    ],
    sign: ({ body, key, time }) => hmacOf('sha256', key, [`POST${calledUrl}`, body, time]).digest('base64'),
    request: (body, signature, time) =>
      posted(body, { 'x-hubspot-signature-v3': signature, 'x-hubspot-request-timestamp': time }),
    respell: base64Respelt,
  },
  hubspotOld('v2'),
  hubspotOld('v1'),
  {
    ...secrets,
    title: 'twilio: a form',
    signs: ['url', 'query'],
    scheme: twilio(),
    carry: formOf,
    sign: ({ body, key }) => hmacOf('sha1', key, [calledUrl, formText(body)]).digest('base64'),
    sameMeaning: (one, other) => formBytes(one) === formBytes(other),
    request: (body, signature) =>
      posted(body, { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature }),
    respell: base64Respelt,
  },
  {
    ...secrets,
    title: 'twilio: JSON',
    signs: ['url', 'query'],
    scheme: twilio(),
    sign: ({ body, key }) => hmacOf('sha1', key, [hashedUrl(body)]).digest('base64'),
    request: (body, signature) => posted(body, { 'x-twilio-signature': signature }, hashedUrl(body)),
    respell: base64Respelt,
  },
  {
    ...adyenSecrets,
    title: 'adyen: payments',
    scheme: adyen(),
    textOnly: true,
    carry: (content) => {
      const amount = { currency: 'EUR', value: 1000 };
      const references = { pspReference: '7914073381342284', merchantReference: content.toString() };
      const item = { ...references, merchantAccountCode: 'Mill', amount, eventCode: 'REFUND', success: 'true' };
      return Buffer.from(JSON.stringify({ live: 'false', notificationItems: [{ NotificationRequestItem: item }] }));
    },
    sign: ({ body, key }) => hmacOf('sha256', Buffer.from(key, 'hex'), [adyenText(adyenItem(body)!)]).digest('base64'),
    request: (body, hmacSignature) => {
      const json = JSON.parse(body.toString());
      json.notificationItems[0].NotificationRequestItem.additionalData = { hmacSignature };
      return posted(Buffer.from(JSON.stringify(json)), {});
    },
    // The rest of an item is not signed: that is Adyen's scheme.
    sameMeaning: (one, other) => {
      const [a, b] = [adyenItem(one), adyenItem(other)];
      const [signed, given] = [b?.amount && adyenText(b), b?.additionalData?.hmacSignature];
      return signed === adyenText(a!) && given === a!.additionalData?.hmacSignature;
    },
    respell: base64Respelt,
  },
  {
    ...adyenSecrets,
    title: 'adyen: platform',
    scheme: adyen({ forms: ['platform'] }),
    sign: ({ body, key }) => hmacOf('sha256', Buffer.from(key, 'hex'), [body]).digest('base64'),
    request: (body, signature) => posted(body, { hmacsignature: signature }),
    respell: base64Respelt,
  },
];

/** The fields of a form by their bytes, in no order. */
function formBytes(body: Buffer): string {
  const text = body.toString('latin1').replace(/%([0-9a-f]{2})/gi, (_, hex) => `%${hex.toLowerCase()}`);
  return text.split('&').toSorted().join('&');
}

const hashedUrl = (body: Buffer) => `${calledUrl}&bodySHA256=${createHash('sha256').update(body).digest('hex')}`;
