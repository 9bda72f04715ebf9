/** Where a locked file may be had: where it was found, then where the lock says besides, then other mirrors of its archive, then a snapshot archive. */
import type { SourceFile } from '../../src/stages/source-file.ts';

export interface Elsewhere {
  /** Addresses of mirrors, without a slash at the end. */
  mirrors: readonly string[];
  /** The address of a snapshot archive, with words in braces; see snapshotAddresses. */
  snapshot: string | null;
  /** When the lock was resolved, in seconds since the epoch: what a snapshot is asked for. */
  dates: readonly number[];
}

/** So many addresses are tried for one file. */
export const candidatesTried = 20;

/** Every address of a file, in the order in which they are asked, each once. */
export function candidatesFor(source: SourceFile, elsewhere: Elsewhere): string[] {
  const place = placeOf(source.url);
  const others = place === undefined ? [] : mirrorsFor(place, elsewhere.mirrors);
  return [
    ...new Set([source.url, ...(source.elsewhere ?? []), ...others, ...snapshotAddresses(source, place, elsewhere)]),
  ].slice(0, candidatesTried);
}

interface Place {
  /** The last part of the archive's address, such as debian or debian-security. */
  archive: string;
  /** Below the archive, such as pool/main/h/hello/hello_2.10-3_amd64.deb. */
  path: string;
}

/** Archives of Debian keep their files below pool/; undefined for another address. */
function placeOf(url: string): Place | undefined {
  const [, archive, path] = /^https?:\/\/[^/]+\/(?:.*\/)?([^/]+)\/(pool\/.+)$/.exec(url) ?? [];
  return archive === undefined || path === undefined ? undefined : { archive, path };
}

/** Mirrors of the same archive before others, which may have it under another name: the hash tells. */
function mirrorsFor({ archive, path }: Place, mirrors: readonly string[]): string[] {
  const same = mirrors.filter((mirror) => mirror.endsWith(`/${archive}`));
  const others = mirrors.filter((mirror) => !same.includes(mirror));
  return [...same, ...others].map((mirror) => `${mirror}/${path}`);
}

/**
 * The addresses that a template comes to: `{sha256}` and `{filename}` of the file, `{archive}` and `{path}` of where it was
 * found, `{timestamp}` (20250520T000000Z) of each date. None when a word of it is not known of the file.
 */
export function snapshotAddresses(
  { sha256, filename }: SourceFile,
  place: Place | undefined,
  { snapshot, dates }: Elsewhere,
): string[] {
  if (snapshot === null) return [];
  const stamps = snapshot.includes('{timestamp}') ? [...new Set(dates)].map(timestamp) : [''];
  return stamps.flatMap((stamp) => {
    const words: Record<string, string | undefined> = { sha256, filename, ...place, timestamp: stamp };
    const parts = snapshot.split(/\{([a-z0-9]+)\}/).map((part, index) => (index % 2 === 0 ? part : words[part]));
    return parts.includes(undefined) ? [] : [parts.join('')];
  });
}

/** ISO 8601 in its basic format. */
function timestamp(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replaceAll(/[-:]|\.[0-9]{3}/g, '');
}
