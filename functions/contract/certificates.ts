/**
 * How a scheme that proves its key by a certificate gets one, and whom it trusts. Only its own receiver's bundle has
 * it.
 */
export interface Certificates {
  /**
   * The PEM text that is there; undefined where the host says that there is none.
   * @throws where no answer can be had: nothing is known then.
   */
  download(url: string): Promise<string | undefined>;
  /** Certificates of those who may vouch for others, each a PEM text. */
  authorities(): readonly string[];
}
