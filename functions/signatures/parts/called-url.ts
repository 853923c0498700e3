import type { SignedRequest } from '../../contract/signature-scheme.ts';

/** An option of the schemes that sign the URL. */
export interface UrlOptions {
  /**
   * Where the sender posts, without a query, as it is typed in there: needed behind a proxy, or a domain that the
   * gateway does not tell. `https://hooks.example.com/shop`. @default what the gateway tells
   */
  readonly publicUrl?: string;
}

/**
 * The URL as the sender called it, the request's own query after `publicUrl`; undefined where nobody knows it.
 */
export function calledUrl({ url }: SignedRequest, publicUrl: string | undefined): string | undefined {
  if (publicUrl === undefined) return url;
  const query = url?.indexOf('?') ?? -1;
  return url === undefined || query < 0 ? publicUrl : publicUrl + url.slice(query);
}

/** @throws {Error} where it is no URL or has a query: whoever wrote the specification must mend it. */
export function checkPublicUrl(publicUrl: string | undefined): void {
  if (publicUrl === undefined) return;
  if (!URL.canParse(publicUrl) || /[?#]/.test(publicUrl)) {
    throw new Error('publicUrl must be a whole URL without a query: https://hooks.example.com/shop. Mend it.');
  }
}
