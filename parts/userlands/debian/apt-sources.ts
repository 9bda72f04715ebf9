/**
 * Where packages come from: the archives the stage image's own apt is set up with, carried over to the suite a
 * definition asks for. Both formats of sources.list(5) are read; what apt is given is deb822.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import { parseControl } from '../../deb822.ts';

/** One line of a one-line list, or one stanza of a .sources file: every URI has every suite. */
export interface SourceEntry {
  uris: string[];
  suites: string[];
  components: string[];
  /** How apt is told to trust the archive, as deb822 fields. */
  trust: Record<string, string>;
}

/** One archive and suite to use. */
export interface Archive {
  uri: string;
  suite: string;
  components: string[];
  trust: Record<string, string>;
}

/** Options of sources.list(5) that must come along with an archive; the others are about architectures and languages. */
const trustOptions = new Map([
  ['signed-by', 'Signed-By'],
  ['check-valid-until', 'Check-Valid-Until'],
]);

const archiveKeyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** The releases an entry may name besides the image's own code name; anything else is somebody's own archive. */
const releaseAliases = new Set(['stable', 'oldstable', 'testing', 'unstable', 'sid']);

/** Releases that never have updates or a security archive (Debian Developer's Reference, section 4.6.4). */
const rollingSuites = new Set(['sid', 'unstable', 'experimental']);

const pockets = ['', '-updates', '-security'] as const;

/**
 * The archives for `suite`: the ones `entries` name for the image's own release (`codename`), with the suite replaced.
 * A pocket (-updates, -security) that the image does not use is not used.
 * @throws StageFailure when no archive of the image's own release is set up.
 */
export function archivesFor(suite: string, entries: readonly SourceEntry[], codename: string): Archive[] {
  const archives: Archive[] = [];
  for (const pocket of rollingSuites.has(suite) ? ([''] as const) : pockets) {
    const entry = entries.find((candidate) => candidate.suites.some((name) => isPocket(name, pocket, codename)));
    const uri = entry?.uris[0];
    if (!entry || !uri) continue;
    const trust = { ...(entry.trust['Signed-By'] ? {} : { 'Signed-By': archiveKeyring }), ...entry.trust };
    archives.push({ uri: uri.replace(/\/+$/, ''), suite: suite + pocket, components: entry.components, trust });
  }
  if (archives[0]?.suite !== suite)
    throw new StageFailure(
      {
        code: 'archive.missing',
        message: `The apt of this stage image has no http or https archive of Debian ${codename} set up.`,
        hint: 'Build the stage images anew from a base image whose /etc/apt names a Debian mirror.',
      },
      'ours',
    );
  return archives;
}

/** The archives with the suite of backports beside them: what apt takes from there, it takes for those alone that ask for it. */
export function withBackports(suite: string, archives: readonly Archive[]): Archive[] {
  const [main] = archives;
  return main && !rollingSuites.has(suite) ? [...archives, { ...main, suite: `${suite}-backports` }] : [...archives];
}

/** The archives with more of their components, such as non-free-firmware. */
export function withComponents(archives: readonly Archive[], more: readonly string[]): Archive[] {
  return archives.map((archive) => ({ ...archive, components: [...new Set([...archive.components, ...more])] }));
}

function isPocket(name: string, pocket: string, codename: string): boolean {
  const release = name.slice(0, name.length - pocket.length);
  return name.endsWith(pocket) && (release === codename || releaseAliases.has(release));
}

/** Reads /etc/apt/sources.list and sources.list.d below `etcApt`, in apt's order. */
export async function readSourceEntries(etcApt: string): Promise<SourceEntry[]> {
  const entries: SourceEntry[] = [];
  const top = await readdir(etcApt);
  if (top.includes('sources.list')) entries.push(...parseOneLine(await readFile(join(etcApt, 'sources.list'), 'utf8')));
  const folder = join(etcApt, 'sources.list.d');
  const names = top.includes('sources.list.d') ? (await readdir(folder)).sort() : [];
  for (const name of names) {
    if (name.endsWith('.list')) entries.push(...parseOneLine(await readFile(join(folder, name), 'utf8')));
    if (name.endsWith('.sources')) entries.push(...parseStanzas(await readFile(join(folder, name), 'utf8')));
  }
  return entries;
}

/** `deb [option=value …] uri suite component…`, sources.list(5). */
export function parseOneLine(text: string): SourceEntry[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    const [, options = '', uri = '', suite = '', components = ''] = match ?? [];
    if (!match || !isWeb(uri)) return [];
    const trust: Record<string, string> = {};
    for (const option of words(options)) {
      const [key = '', ...value] = option.split('=');
      const field = trustOptions.get(key.toLowerCase());
      if (field) trust[field] = value.join('=');
    }
    return [{ uris: [uri], suites: [suite], components: words(components), trust }];
  });
}

/** Stanzas of a .sources file; disabled ones and those of source packages only are left out. */
export function parseStanzas(text: string): SourceEntry[] {
  return parseControl(text).flatMap((stanza) => {
    const uris = words(stanza.get('uris')).filter(isWeb);
    if (!words(stanza.get('types')).includes('deb') || uris.length === 0) return [];
    if (/^(no|false|off|0|without|disable)$/i.test(stanza.get('enabled') ?? 'yes')) return [];
    const trust: Record<string, string> = {};
    for (const [key, field] of trustOptions) {
      const value = stanza.get(key);
      if (value !== undefined) trust[field] = value;
    }
    return [{ uris, suites: words(stanza.get('suites')), components: words(stanza.get('components')), trust }];
  });
}

/** The same archives as a .sources file. */
export function formatSources(archives: readonly Archive[]): string {
  const stanza = ({ uri, suite, components, trust }: Archive) =>
    Object.entries({ Types: 'deb', URIs: uri, Suites: suite, Components: components.join(' '), ...trust })
      .map(([field, value]) => `${field}: ${value}\n`)
      .join('');
  return archives.map(stanza).join('\n');
}

const isWeb = (uri: string) => /^https?:\/\//.test(uri);
const words = (text = '') => text.split(/\s+/).filter((word) => word !== '');
