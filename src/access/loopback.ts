/** Addresses that only this machine reaches (RFC 1122, 3.2.1.3, and RFC 4291, 2.5.3). */

/** @param host a name or address, IPv6 with or without brackets */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.[0-9]+){3}|::1|\[::1\])$/i.test(host);
}
