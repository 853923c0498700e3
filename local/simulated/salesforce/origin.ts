import type { SimulatedRequest } from '../http-server.ts';

/** Who writes, as the call says itself: `Sforce-Call-Options: client=millrace, ...` */
export function originOf({ headers }: Pick<SimulatedRequest, 'headers'>): string | null {
  const options = headers['sforce-call-options'];
  return /(?:^|[,;])\s*client=([^,;\s]+)/i.exec(String(options ?? ''))?.[1] ?? null;
}
