import type { Certificates } from '../../contract/certificates.ts';
import { type VouchedKey, vouchedKey } from './certificate-chain.ts';

/**
 * A key is kept for so long, in milliseconds, before its URL is asked again; that a URL has none that counts, for less.
 */
const [keptMs, refusedKeptMs] = [24 * 3_600_000, 60_000];

/** Whoever makes up URLs gets so many downloads a minute out of one container, and so many of them remembered. */
const [downloadsPerMinute, mostKept] = [10, 50];

interface Kept {
  readonly vouched: VouchedKey | undefined;
  readonly untilMs: number;
}

/** The keys of certificates that were downloaded, by their URL. `isName`: whom a certificate must name. */
export function createCertificateKeys(certificates: Certificates, isName: (dnsName: string) => boolean) {
  const known = new Map<string, Kept>();
  const coming = new Map<string, Promise<void>>();
  let downloads: readonly number[] = [];

  /** What is there without asking; undefined where nothing is, or nobody vouches for it any more. */
  function kept(url: string, nowMs: number): VouchedKey | undefined {
    const vouched = known.get(url)?.vouched;
    return vouched !== undefined && vouched.fromMs <= nowMs && nowMs <= vouched.untilMs ? vouched : undefined;
  }

  /**
   * Downloads it where that is due and not asked too often. What is asked for at the same time is one download.
   * @throws what the download threw, unless a key is kept that still counts.
   */
  async function get(url: string, nowMs: number): Promise<void> {
    const entry = known.get(url);
    if (entry !== undefined && nowMs < entry.untilMs) return;
    const underway = coming.get(url);
    if (underway !== undefined) return underway;
    downloads = downloads.filter((atMs) => nowMs - atMs < 60_000);
    if (downloads.length >= downloadsPerMinute) return;
    downloads = [...downloads, nowMs];
    const made = download(url, nowMs).finally(() => coming.delete(url));
    coming.set(url, made);
    await made;
  }

  async function download(url: string, nowMs: number): Promise<void> {
    try {
      const pem = await certificates.download(url);
      const vouched = pem === undefined ? undefined : vouchedKey(pem, certificates.authorities(), isName, nowMs);
      keep(url, { vouched, untilMs: nowMs + (vouched === undefined ? refusedKeptMs : keptMs) });
    } catch (error) {
      const vouched = kept(url, nowMs);
      if (vouched === undefined) throw error;
      keep(url, { vouched, untilMs: nowMs + refusedKeptMs });
    }
  }

  function keep(url: string, entry: Kept): void {
    known.delete(url);
    known.set(url, entry);
    if (known.size <= mostKept) return;
    // A made-up URL goes first.
    const [least] = [...known].find(([, { vouched }]) => vouched === undefined) ?? [...known][0] ?? [];
    if (least !== undefined) known.delete(least);
  }

  return { get, kept };
}
