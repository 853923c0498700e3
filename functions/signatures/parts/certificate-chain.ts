import { type KeyObject, X509Certificate } from 'node:crypto';

/** A key that somebody vouches for, and for how long. */
export interface VouchedKey {
  readonly key: KeyObject;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Nowhere do more stand between a server and its authority. */
const longestChain = 5;

/**
 * The key of a PEM text's first certificate, if an authority vouches for it at `nowMs`, itself or by the certificates
 * behind it, and the certificate names a host that `isName` knows. Revocations are not asked for: the certificate comes
 * fresh from its owner's own host.
 */
export function vouchedKey(
  pem: string,
  authorities: readonly string[],
  isName: (dnsName: string) => boolean,
  nowMs: number,
): VouchedKey | undefined {
  const [first, ...others] = parseAll(pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []);
  if (first === undefined || !dnsNames(first).some(isName)) return undefined;
  const chain = chainOf([first], others, parseAll(authorities), nowMs);
  if (chain === undefined) return undefined;
  return {
    key: first.publicKey,
    fromMs: Math.max(...chain.map((each) => each.validFromDate.getTime())),
    untilMs: Math.min(...chain.map((each) => each.validToDate.getTime())),
  };
}

/** The certificates from the first to an authority, all of them valid now, each vouched for by the next. */
function chainOf(
  soFar: readonly [X509Certificate, ...X509Certificate[]],
  others: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
  nowMs: number,
): readonly X509Certificate[] | undefined {
  const [last, ...before] = soFar;
  if (!isValidAt(last, nowMs) || before.length === longestChain) return undefined;
  const authority = authorities.find((each) => isValidAt(each, nowMs) && vouchesFor(each, last));
  if (authority !== undefined) return [authority, ...soFar];
  const next = others.find((each) => !soFar.includes(each) && vouchesFor(each, last));
  return next === undefined ? undefined : chainOf([next, ...soFar], others, authorities, nowMs);
}

/** Whether one is an authority that issued the other. */
function vouchesFor(one: X509Certificate, other: X509Certificate): boolean {
  return one.ca && other.checkIssued(one) && other.verify(one.publicKey);
}

function isValidAt({ validFromDate, validToDate }: X509Certificate, nowMs: number): boolean {
  return validFromDate.getTime() <= nowMs && nowMs <= validToDate.getTime();
}

function dnsNames({ subjectAltName }: X509Certificate): string[] {
  // Node puts a name with anything odd in it into quotes, so that it can't look like two.
  return (subjectAltName ?? '').split(', ').flatMap((name) => /^DNS:([\w.-]+)$/.exec(name)?.[1] ?? []);
}

function parseAll(texts: readonly string[]): X509Certificate[] {
  return texts.flatMap((text) => {
    try {
      return new X509Certificate(text);
    } catch {
      return [];
    }
  });
}
