import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Certificates } from '../../../../functions/contract/certificates.ts';
import { discord } from '../../../../functions/signatures/discord.ts';
import { paypal } from '../../../../functions/signatures/paypal.ts';
import { sendgrid } from '../../../../functions/signatures/sendgrid.ts';
import { standardWebhooks } from '../../../../functions/signatures/standard-webhooks.ts';
import { issue, privateKeyOf } from './certificates.ts';
import {
  base64Respelt,
  hexRespelt,
  oddSeconds,
  posted,
  type SchemeCase,
  type Signable,
  sampleMs,
  seconds,
} from './scheme-case.ts';

const timed = { time: seconds, malformedTimes: oddSeconds };
const privateKey = (pem: string) => createPrivateKey(pem);
const pemOf = (key: ReturnType<typeof createPrivateKey>) => String(key.export({ format: 'pem', type: 'pkcs8' }));

const ed25519 = () => {
  const pair = generateKeyPairSync('ed25519');
  return { public: Buffer.from(pair.publicKey.export({ format: 'jwk' }).x!, 'base64url'), key: pemOf(pair.privateKey) };
};
const [own, other] = [ed25519(), ed25519()];

const p256 = () => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    public: pair.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    key: pemOf(pair.privateKey),
  };
};
const [ownP256, otherP256] = [p256(), p256()];

const discordCase = (title: string, scheme = discord()): SchemeCase => ({
  ...timed,
  title,
  scheme,
  secret: own.public.toString('hex'),
  key: own.key,
  otherSecret: other.public.toString('hex'),
  wrongSecrets: [`${own.public.toString('hex')} `, own.public.toString('hex').slice(0, -2), 'secret'],
  sign: ({ body, key, time }) => sign(null, Buffer.concat([Buffer.from(time), body]), privateKey(key)).toString('hex'),
  request: (body, signature, time) => posted(body, { 'x-signature-ed25519': signature, 'x-signature-timestamp': time }),
  respell: hexRespelt,
});

const sendgridCase = (title: string, scheme = sendgrid()): SchemeCase => ({
  ...timed,
  title,
  scheme,
  secret: ownP256.public,
  key: ownP256.key,
  otherSecret: otherP256.public,
  wrongSecrets: [`${ownP256.public} `, ownP256.public.toUpperCase(), ownP256.public.slice(4), 'secret'],
  sign: ({ body, key, time }) =>
    sign('sha256', Buffer.concat([Buffer.from(time), body]), privateKey(key)).toString('base64'),
  request: (body, signature, time) =>
    posted(body, {
      'x-twilio-email-event-webhook-signature': signature,
      'x-twilio-email-event-webhook-timestamp': time,
    }),
  respell: (signature) => [
    ...base64Respelt(signature).filter((spelling) => spelling !== signature),
    // A second number, which nobody asked for, behind the two.
    Buffer.concat([Buffer.from(signature, 'base64'), Buffer.from([0])]).toString('base64'),
  ],
});

const certificateUrl = 'https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-1d93a270';
const root = await issue({ subject: 'Root of the tests', ca: true, ms: sampleMs });
const leaf = await issue({
  subject: 'messageverificationcerts.paypal.com',
  names: ['messageverificationcerts.paypal.com'],
  issuer: root,
  ms: sampleMs,
});
/** What PayPal's own request is verified by. */
export const paypalCertificates: Certificates = {
  download: async (url) => (url === certificateUrl ? leaf.pem : undefined),
  authorities: () => [root.pem],
};

const webhookId = '96605875FF6516633';
const signPaypal = (id: string) => (signable: Signable) => {
  const content = `071f7d20|${signable.time}|${id}|${crc32(signable.body)}`;
  return sign('sha256', Buffer.from(content), privateKey(signable.key)).toString('base64');
};

const paypalCase: SchemeCase = {
  title: 'paypal',
  scheme: paypal({ certificates: paypalCertificates }),
  secret: webhookId,
  key: pemOf(privateKeyOf(leaf)),
  otherSecret: '1JE4291016473214C',
  time: (ms) => new Date(ms).toISOString(),
  sign: signPaypal(webhookId),
  request: (body, signature, time) =>
    posted(body, {
      'paypal-transmission-id': '071f7d20',
      'paypal-transmission-time': time,
      'paypal-transmission-sig': signature,
      'paypal-cert-url': certificateUrl,
      'paypal-auth-algo': 'SHA256withRSA',
    }),
  unknownVersion: () => ({ 'paypal-auth-algo': 'SHA1withRSA' }),
  respell: base64Respelt,
};
// Its certificate is kept: what a pack makes up afterwards uses up the downloads of its one minute.
await paypalCase.scheme.prepare?.(paypalCase.request(Buffer.alloc(0), 'x', 'x'), sampleMs);

/** The schemes whose receiver holds a public key, or learns it. */
export const keyPairCases: readonly SchemeCase[] = [
  {
    ...timed,
    title: 'standard-webhooks: v1a',
    scheme: standardWebhooks(),
    secret: `whpk_${own.public.toString('base64')}`,
    key: own.key,
    otherSecret: `whpk_${other.public.toString('base64')}`,
    wrongSecrets: [own.public.toString('base64'), `whsec_${own.public.toString('base64')}`, 'whpk_', 'secret'],
    sign: ({ body, key, time }) =>
      sign(null, Buffer.concat([Buffer.from(`msg_1.${time}.`), body]), privateKey(key)).toString('base64'),
    request: (body, signature, time) =>
      posted(body, { 'webhook-id': 'msg_1', 'webhook-timestamp': time, 'webhook-signature': `v1a,${signature}` }),
    unknownVersion: (signature) => ({ 'webhook-signature': `v2a,${signature}` }),
    respell: base64Respelt,
  },
  sendgridCase('sendgrid'),
  sendgridCase('sendgrid: with a window', sendgrid({ toleranceSeconds: 300 })),
  discordCase('discord'),
  discordCase('discord: with a window', discord({ toleranceSeconds: 300 })),
  paypalCase,
];
