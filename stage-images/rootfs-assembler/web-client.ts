/** HTTP for downloads: proxies, certificates and which hosts may be reached, looked at anew at each redirect. */
import type { Readable } from 'node:stream';
import ipaddr from 'ipaddr.js';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import type { Route } from '../../parts/sources/source.ts';
import type { StageNetwork } from '../../src/stages/network.ts';
import { bareHost, portOf, type Reachable } from './reachable.ts';

/** So many redirects are followed, as curl and browsers allow a few dozen and mirrors need one or two. */
export const redirectsFollowed = 5;

const connectTimeoutMs = 30_000;

export interface WebAnswer {
  /** Where redirects led. */
  url: string;
  status: number;
  header(name: string): string | undefined;
  body: Readable;
}

export class WebClient {
  readonly #network: StageNetwork;
  readonly #reachable: Reachable;
  readonly #certificates: string | undefined;
  readonly #dispatchers = new Map<string, Dispatcher>();

  /** @param certificates all that are trusted (PEM); undefined: the usual ones */
  constructor(network: StageNetwork, reachable: Reachable, certificates: string | undefined) {
    this.#network = network;
    this.#reachable = reachable;
    this.#certificates = certificates;
  }

  /** The first answer that is no redirect. @throws RefusedHost; Error when there are too many, and what the network says. */
  async get(address: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<WebAnswer> {
    let url = new URL(address);
    for (let redirects = 0; redirects <= redirectsFollowed; redirects++) {
      const { statusCode, headers: answered, body } = await this.#ask(url, headers, signal);
      const header = (name: string) => {
        const value = answered[name];
        return Array.isArray(value) ? value[0] : value;
      };
      const location = header('location');
      if (location === undefined || ![301, 302, 303, 307, 308].includes(statusCode))
        return { url: url.href, status: statusCode, header, body };
      // Not read to its end: it may have none.
      body.on('error', () => undefined);
      body.destroy();
      url = new URL(location, url);
      if (!/^https?:$/.test(url.protocol)) throw new Error(`it redirects to ${url.protocol}, which is not the web`);
    }
    throw new Error(`it redirects more than ${redirectsFollowed} times`);
  }

  /** How another program reaches a host as this one does. @throws RefusedHost */
  async route(address: string): Promise<Omit<Route, 'url'>> {
    const url = new URL(address);
    const proxy = proxyFor(url, this.#network);
    await this.#reachable.check(url, proxy !== undefined);
    const addresses = proxy === undefined ? await this.#reachable.addressesOf(url) : [];
    return { addresses, proxy, certificates: this.#certificates };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#dispatchers.values()].map((dispatcher) => dispatcher.destroy()));
    this.#dispatchers.clear();
  }

  async #ask(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal) {
    await this.#reachable.check(url, proxyFor(url, this.#network) !== undefined);
    return await this.#dispatcherFor(url).request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: 'GET',
      headers: { 'accept-encoding': 'identity', ...headers },
      signal,
    });
  }

  /** One for each host, as what it may connect to depends on the host. */
  #dispatcherFor(url: URL): Dispatcher {
    const known = this.#dispatchers.get(url.origin);
    if (known) return known;
    const proxy = proxyFor(url, this.#network);
    const tls = this.#certificates === undefined ? {} : { ca: this.#certificates };
    const timeouts = { headersTimeout: 0, bodyTimeout: 0 };
    const made =
      proxy === undefined
        ? new Agent({
            ...timeouts,
            connect: { ...tls, timeout: connectTimeoutMs, lookup: this.#reachable.lookupFor(url) },
          })
        : new ProxyAgent({ ...timeouts, uri: proxy, proxyTunnel: false, requestTls: tls, proxyTls: tls });
    this.#dispatchers.set(url.origin, made);
    return made;
  }
}

/** The proxy for an address, as curl(1) chooses one by http_proxy, https_proxy and no_proxy. */
export function proxyFor(url: URL, { httpProxy, httpsProxy, noProxy }: StageNetwork): string | undefined {
  const proxy = url.protocol === 'https:' ? httpsProxy : httpProxy;
  return proxy === null || noProxy.some((entry) => covers(entry, url)) ? undefined : proxy;
}

function covers(entry: string, url: URL): boolean {
  if (entry === '*') return true;
  if (ipaddr.isValidCIDR(entry)) return ipaddr.isValid(bareHost(url)) && isIn(bareHost(url), entry);
  const [, name = '', port] = /^(.*?)(?::([0-9]+))?$/.exec(entry.toLowerCase()) ?? [];
  if (port !== undefined && port !== portOf(url)) return false;
  const domain = name.replace(/^\*?\./, '');
  const host = bareHost(url);
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`));
}

function isIn(address: string, network: string): boolean {
  const [parsed, [base, bits]] = [ipaddr.process(address), ipaddr.parseCIDR(network)];
  return parsed.kind() === base.kind() && parsed.match([base, bits]);
}
