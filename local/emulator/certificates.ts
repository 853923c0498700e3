import { randomBytes, X509Certificate } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readTextIfAny, writeFileAtomically } from '../files.ts';

const dayMs = 24 * 60 * 60 * 1000;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

export interface Certificates {
  /** What clients trust. */
  readonly caFile: string;
  /** The server's certificate and the CA's. */
  readonly chainFile: string;
  readonly keyFile: string;
}

/**
 * A certificate for `localhost` and 127.0.0.1, signed by a CA of our own: Node refuses self-signed ones. Reused while
 * it is good for another day. The CA's key is thrown away once it has signed, so that it can sign nothing else.
 */
export async function prepareCertificates(folder: string, now: Date): Promise<Certificates> {
  const files = {
    caFile: join(folder, 'ca.pem'),
    chainFile: join(folder, 'server.pem'),
    keyFile: join(folder, 'server.key'),
  };
  if (await isUsable(files, now)) return files;
  const { ca, leaf, key } = await issue(now);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFileAtomically(files.keyFile, key);
  await writeFileAtomically(files.chainFile, `${leaf}\n${ca}\n`);
  await writeFileAtomically(files.caFile, `${ca}\n`);
  return files;
}

async function isUsable(files: Certificates, now: Date): Promise<boolean> {
  const [ca, chain, key] = await Promise.all(
    [files.caFile, files.chainFile, files.keyFile].map((file) => readTextIfAny(file)),
  );
  if (!ca || !chain || !key) return false;
  try {
    const issuer = new X509Certificate(ca);
    const leaf = new X509Certificate(chain);
    return leaf.verify(issuer.publicKey) && leaf.validToDate.getTime() > now.getTime() + dayMs;
  } catch {
    return false;
  }
}

async function issue(now: Date): Promise<{ ca: string; leaf: string; key: string }> {
  // The library asks for the polyfill when it is loaded; both only load where a certificate is made.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const [caKeys, leafKeys] = await Promise.all([newKeys(), newKeys()]);
  const common = {
    notBefore: new Date(now.getTime() - dayMs),
    notAfter: new Date(now.getTime() + 365 * dayMs),
    signingAlgorithm: algorithm,
  };
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...common,
    serialNumber: newSerialNumber(),
    name: 'CN=Millrace local CA',
    keys: caKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  });
  const leaf = await x509.X509CertificateGenerator.create({
    ...common,
    serialNumber: newSerialNumber(),
    subject: 'CN=localhost',
    issuer: ca.subject,
    publicKey: leafKeys.publicKey,
    signingKey: caKeys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  });
  const key = x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', leafKeys.privateKey), 'PRIVATE KEY');
  return { ca: ca.toString('pem'), leaf: leaf.toString('pem'), key: `${key}\n` };
}

function newKeys() {
  return crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
}

/** Positive, as the standard asks: the first bit is clear. */
function newSerialNumber(): string {
  return `4d${randomBytes(15).toString('hex')}`;
}
