/**
 * How the stages with a network reach it: what the server is set to, in a file of the attempt's scratch. It is in no request,
 * so it is in no key, layer or record, and goes with the scratch: a proxy's address may hold a password.
 */
import * as z from 'zod';

/** Below /ldf/work; missing: straight to the network. */
export const networkFile = 'network.json';

const WebAddress = z.url({ protocol: /^https?$/ }).max(2048);

export const StageNetwork = z.strictObject({
  /** Proxies by the scheme of what is fetched; they may hold `user:password@`. */
  httpProxy: WebAddress.nullable(),
  httpsProxy: WebAddress.nullable(),
  /** Hosts that are reached without a proxy: names, which stand for those below them too, `host:port`, addresses, or `*`. */
  noProxy: z.array(z.string().max(255)).max(100),
  /** Certificates (PEM) that are trusted besides the usual ones. */
  certificates: z
    .string()
    .max(1 << 20)
    .nullable(),
  /** Host names, addresses and networks (CIDR) that downloads may reach although they are not public. */
  allowed: z.array(z.string().max(255)).max(100),
  /** Further mirrors of the archives that packages come from, without a slash at the end. */
  mirrors: z.array(WebAddress).max(16),
  /** Where what is gone from every mirror may be had; see snapshotAddresses. */
  snapshot: z.string().max(2048).nullable(),
});
export type StageNetwork = z.infer<typeof StageNetwork>;

export const straightNetwork: StageNetwork = {
  httpProxy: null,
  httpsProxy: null,
  noProxy: [],
  certificates: null,
  allowed: [],
  mirrors: [],
  snapshot: null,
};

/** What may stand in braces in the address of a snapshot archive. */
export const snapshotWords = ['sha256', 'filename', 'archive', 'path', 'timestamp'] as const;

/** Whether a text is the address of a snapshot archive: a web address whose words in braces are known, one at least. */
export function isSnapshotAddress(text: string): boolean {
  const words = [...text.matchAll(/\{([^}]*)\}/g)].map(([, word]) => word);
  const plain = text.replaceAll(/\{[^}]*\}/g, 'x');
  return (
    words.length > 0 &&
    words.every((word) => snapshotWords.some((known) => known === word)) &&
    WebAddress.safeParse(plain).success
  );
}
