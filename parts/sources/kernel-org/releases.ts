/** What a folder of releases holds, by its signed list of sha256. */

/** A tree that can be had, by its version: the first of a series is its .0. */
export type Releases = ReadonlyMap<string, { filename: string; sha256: string }>;

/** @param sums lines as sha256sum(1) writes them */
export function releasesIn(sums: string): Releases {
  const lines = sums.matchAll(/^([0-9a-f]{64}) [ *](linux-([0-9]+\.[0-9]+)(?:\.([0-9]+))?\.tar\.xz)\r?$/gm);
  return new Map(
    [...lines].map(([, sha256 = '', filename = '', series, patch = '0']) => [
      `${series}.${patch}`,
      { filename, sha256 },
    ]),
  );
}

/** The exact version, or the newest of a series; undefined where there is none. */
export function newestOf(releases: Releases, wanted: string): string | undefined {
  if (releases.has(wanted)) return wanted;
  return versionsOf(releases, wanted).at(-1);
}

/** What to ask for instead, in a sentence. */
export function offersIn(releases: Releases, wanted: string): string {
  const series = seriesOf(wanted);
  const versions = versionsOf(releases, series);
  const [first, last] = [versions[0], versions.at(-1)];
  if (first !== undefined)
    return `Of ${series} there are ${first} to ${last}: ask for one of them, or for the series "${series}".`;
  const all = [...new Set([...releases.keys()].map(seriesOf))].sort(byNumbers);
  return `There are ${all.join(', ') || 'none'}.`;
}

/** The folder that holds a version: 6.12.30 is in v6.x. */
export function folderOf(version: string): string {
  return `v${version.split('.')[0]}.x`;
}

/** From old to new. */
function versionsOf(releases: Releases, series: string): string[] {
  return [...releases.keys()].filter((version) => seriesOf(version) === series).sort(byNumbers);
}

function seriesOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

const { compare: byNumbers } = new Intl.Collator('en', { numeric: true });
