import { KeyObject, type webcrypto } from 'node:crypto';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

const dayMs = 24 * 60 * 60 * 1000;
const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]) };

/** A certificate and its private key. */
export interface Issued {
  readonly pem: string;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly subject: string;
}

export interface Wish {
  readonly subject: string;
  /** Signs it. @default itself */
  readonly issuer?: Issued;
  /** Whether it may vouch for others. @default false */
  readonly ca?: boolean;
  readonly names?: readonly string[];
  /** Valid from a day before to a day after this moment. */
  readonly ms: number;
}

/** Issues a certificate. */
export async function issue({ subject, issuer, ca = false, names = [], ms }: Wish): Promise<Issued> {
  const keys = await crypto.subtle.generateKey({ ...algorithm, modulusLength: 2048 }, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: '4d01',
    subject: `CN=${subject}`,
    issuer: `CN=${issuer?.subject ?? subject}`,
    notBefore: new Date(ms - dayMs),
    notAfter: new Date(ms + dayMs),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: issuer?.keys.privateKey ?? keys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(ca, undefined, true),
      ...(ca ? [new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true)] : []),
      ...(names.length === 0
        ? []
        : [new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value }) as const))]),
    ],
  });
  return { pem: certificate.toString('pem'), keys, subject };
}

/** The private key, as a signing function of Node's takes it. */
export function privateKeyOf({ keys }: Issued): KeyObject {
  return KeyObject.from(keys.privateKey);
}
