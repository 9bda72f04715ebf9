/**
 * Which hosts a download may reach. What a lock names is an address that somebody wrote, and the container stands inside of
 * the host's network: without this a lock could ask the services of the host, of other containers and of the cloud. Public
 * addresses may be reached; others only where the installation itself names them.
 */
import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** A host that downloads may not reach. The message names no address: what a name resolves to inside is not to be told. */
export class RefusedHost extends Error {
  override readonly name = 'RefusedHost';
  readonly host: string;
  constructor(host: string) {
    super(
      `${host} is not a public address, and downloads may reach only those (LDF_ALLOWED_NETWORKS names exceptions)`,
    );
    this.host = host;
  }
}

type Resolve = (host: string) => Promise<LookupAddress[]>;

const resolveAll: Resolve = (host) =>
  new Promise((resolve, reject) =>
    lookup(host, { all: true, verbatim: true }, (error, found) => (error ? reject(error) : resolve(found))),
  );

export class Reachable {
  readonly #hosts = new Set<string>();
  readonly #networks: [ipaddr.IPv4 | ipaddr.IPv6, number][] = [];
  /** `host:port` of the installation's own mirrors. */
  readonly #mirrors: ReadonlySet<string>;
  readonly #resolve: Resolve;

  /**
   * @param options.allowed host names, addresses and networks (CIDR), see StageNetwork
   * @param options.mirrors web addresses that the installation itself is set up with: what they name may be reached
   */
  constructor(options: { allowed: readonly string[]; mirrors: readonly string[]; resolve?: Resolve }) {
    this.#mirrors = new Set(options.mirrors.map((mirror) => hostAndPort(new URL(mirror))));
    this.#resolve = options.resolve ?? resolveAll;
    for (const entry of options.allowed) {
      if (ipaddr.isValidCIDR(entry)) this.#networks.push(ipaddr.parseCIDR(entry));
      else if (ipaddr.isValid(entry)) this.#networks.push(wholeAddress(entry));
      else this.#hosts.add(entry.toLowerCase());
    }
  }

  /** Whether the installation names the host of an address itself, so that its answers may be told. */
  isNamed(url: URL): boolean {
    return this.#hosts.has(bareHost(url)) || this.#mirrors.has(hostAndPort(url));
  }

  /** Whether an IP address may be reached. */
  allows(address: string): boolean {
    const parsed = ipaddr.process(address);
    if (this.#networks.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match([network, bits])))
      return true;
    // NAT64 (RFC 6052) leads to the IPv4 address in its last 32 bits.
    if (parsed instanceof ipaddr.IPv6 && parsed.range() === 'rfc6052')
      return this.allows(new ipaddr.IPv4(parsed.toByteArray().slice(-4)).toString());
    return parsed.range() === 'unicast';
  }

  /**
   * Looks an address over before it is asked.
   * @param byProxy the name is resolved by a proxy: what it resolves to here is looked at, and one that is not known here is
   * left to it. Otherwise `lookupFor` does that. @throws RefusedHost
   */
  async check(url: URL, byProxy = true): Promise<void> {
    const host = bareHost(url);
    if (this.isNamed(url)) return;
    if (isIP(host) !== 0) {
      if (!this.allows(host)) throw new RefusedHost(host);
      return;
    }
    if (host === 'localhost' || host.endsWith('.localhost')) throw new RefusedHost(host);
    if (!byProxy) return;
    const found = await this.#resolve(host).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN' || error.code === 'ENODATA') return [];
      throw error;
    });
    if (found.some(({ address }) => !this.allows(address))) throw new RefusedHost(host);
  }

  /** What a name resolves to, of which all may be reached; none for an address in numbers. @throws RefusedHost */
  async addressesOf(url: URL): Promise<string[]> {
    const host = bareHost(url);
    if (isIP(host) !== 0) return [];
    const found = await this.#resolve(host);
    const usable = this.isNamed(url) ? found : found.filter(({ address }) => this.allows(address));
    if (usable.length === 0) throw new RefusedHost(host);
    return usable.map(({ address }) => address);
  }

  /**
   * A lookup for net.connect(): the address that was looked over is the one that is connected to, whatever the name
   * resolves to a moment later. Addresses in numbers are never looked up: see `check`.
   */
  lookupFor(url: URL): LookupFunction {
    const named = this.isNamed(url);
    return (host: string, { all }: LookupOptions, done) => {
      this.#resolve(host).then(
        (found) => {
          const usable = named ? found : found.filter(({ address }) => this.allows(address));
          const [first] = usable;
          if (!first) return done(new RefusedHost(host), '', 4);
          if (all) done(null, usable);
          else done(null, first.address, first.family);
        },
        (error: NodeJS.ErrnoException) => done(error, '', 4),
      );
    };
  }
}

function wholeAddress(address: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  const parsed = ipaddr.process(address);
  return [parsed, parsed.kind() === 'ipv4' ? 32 : 128];
}

/** IPv6 without its brackets. */
export function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '').toLowerCase();
}

export function portOf({ port, protocol }: URL): string {
  return port || (protocol === 'https:' ? '443' : '80');
}

function hostAndPort(url: URL): string {
  return `${bareHost(url)}:${portOf(url)}`;
}
