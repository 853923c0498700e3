/**
 * Passes an address on, if its host can only mean this machine.
 * @throws {Error} for any other: a test must never reach a real system.
 */
export function onlyLoopback(address: string): string {
  const { hostname } = new URL(address);
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
  if (!isLoopback) throw new Error(`A test must not talk to '${hostname}': only to localhost, 127.0.0.0/8 and [::1].`);
  return address;
}
