/** What makes the tree this system and no other: names, time zone, locale, mounts, package archives. */

import { readFile } from 'node:fs/promises';
import { hostname as containerName } from 'node:os';
import { join } from 'node:path';
import { isUtc } from '../../../src/definition/time-zone.ts';
import type { AssembleParams } from '../../../src/stages/assemble/contract.ts';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import { nearNamesHint } from '../../near-names.ts';
import type { RootFs } from '../../root-fs/root-fs.ts';

type Params = AssembleParams;

const zoneinfo = '/usr/share/zoneinfo';
/** locale.gen(5) */
const localeList = '/etc/locale.gen';
const supportedLocales = '/usr/share/i18n/SUPPORTED';

/** The link that systemd-resolved(8) asks for: without its program it leads nowhere in the running system. */
const resolver = { program: '/usr/lib/systemd/systemd-resolved', file: '/run/systemd/resolve/stub-resolv.conf' };

/** Locales that libc has built in. */
const builtInLocales = new Set(['C', 'C.UTF-8', 'POSIX']);

/**
 * Run before anything is configured: mail servers and others ask hostname(1) for the full name, and keep it. The kernel
 * answers with this container's name, so for now that is one more name of the system's own. Where they find no
 * resolv.conf(5) to look for a domain in, some add an invented one to the name: postfix does.
 */
export async function writeNames(root: RootFs, { hostname }: Pick<Params, 'hostname'>): Promise<void> {
  await root.write('/etc/hostname', `${hostname}\n`);
  await root.write('/etc/hosts', hosts(hostname, containerName()));
  await root.write(resolver.file, '');
  await root.link('/etc/resolv.conf', `..${resolver.file}`);
}

/**
 * Run between unpacking and configuring: tzdata and locales take what they find, and generate what is asked for.
 * @throws StageFailure `system.unknown` when the time zone or the locale does not exist.
 */
export async function prepareLocaleAndTimezone(
  root: RootFs,
  { timezone, locale, files }: Pick<Params, 'timezone' | 'locale' | 'files'>,
): Promise<void> {
  if (await root.exists(`${zoneinfo}/${timezone}`)) await root.link('/etc/localtime', `..${zoneinfo}/${timezone}`);
  else if (!isUtc(timezone)) throw await unknownZone(root, timezone);
  await writeLocale(root, locale);
  // The definition's own list of locales is generated as well; the file itself is written when that is done.
  const own = files.find(({ path }) => path === localeList)?.content;
  if (own !== undefined) await root.write(localeList, own);
  if (builtInLocales.has(locale)) return;
  const supported = await readSupportedLocales(root);
  const name = supportedName(locale, supported);
  if (!name) throw unknown('/system/locale', 'locale', locale, nearNamesHint(locale, supported, localeHint));
  await root.write(localeList, `${own === undefined ? '' : `${own.trimEnd()}\n`}${name} UTF-8\n`);
}

/** locale.conf(5), and the name under which Debian's packages look for it. */
async function writeLocale(root: RootFs, locale: string): Promise<void> {
  await root.write('/etc/locale.conf', `LANG=${locale}\n`);
  await root.link('/etc/default/locale', '../locale.conf');
}

/** The locale that maintainer scripts run under; undefined for those built in, which are that of every tool anyway. */
export function generatedLocale({ locale }: Pick<Params, 'locale'>): string | undefined {
  return builtInLocales.has(locale) ? undefined : locale;
}

/** Run when all packages are configured. @throws Error when the locale was not generated. */
export async function writeSystem(root: RootFs, params: Params): Promise<void> {
  const { hostname, timezone, locale, aptSources } = params;
  if (!builtInLocales.has(locale)) await checkLocale(root, locale);
  await writeLocale(root, locale);
  if (await root.exists(`${zoneinfo}/${timezone}`)) await root.link('/etc/localtime', `..${zoneinfo}/${timezone}`);
  // Only releases before trixie keep the name in a file of its own.
  if (await root.stat('/etc/timezone')) await root.write('/etc/timezone', `${timezone}\n`);
  await root.write('/etc/hosts', hosts(hostname));
  if (
    !(await root.exists(resolver.program)) &&
    (await root.follow('/etc/resolv.conf')) === join(root.path, resolver.file)
  )
    await root.remove('/etc/resolv.conf');
  // The packager, which knows the partitions, writes fstab; what a package left there is not about this disk.
  await root.remove('/etc/fstab');
  for (const folder of params.mountPoints) await root.makeFolder(folder);
  if (aptSources.length > 0) {
    await root.remove('/etc/apt/sources.list');
    await root.write('/etc/apt/sources.list.d/debian.sources', formatAptSources(aptSources));
  }
}

/**
 * hosts(5), with Debian's address for the machine's own name (Debian Reference 5.1.1). The first name is the full one, by
 * which hostname(1) tells the domain; a full name's first label follows as the short one.
 */
export function hosts(hostname: string, ...aliases: readonly string[]): string {
  const [short = hostname] = hostname.split('.');
  return [
    '127.0.0.1\tlocalhost',
    `127.0.1.1\t${[...new Set([hostname, short, ...aliases])].join(' ')}`,
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'ff02::1\tip6-allnodes',
    'ff02::2\tip6-allrouters',
    '',
  ].join('\n');
}

/** deb822 sources of the finished image: one stanza for the suites of each archive. */
export function formatAptSources(sources: Params['aptSources']): string {
  const suites = new Map<string, string[]>();
  for (const { uri, suite, components } of sources) {
    const archive = `URIs: ${uri}\nComponents: ${components.join(' ')}\n`;
    suites.set(archive, [...(suites.get(archive) ?? []), suite]);
  }
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  return [...suites]
    .map(([archive, names]) => `Types: deb\n${archive}Suites: ${names.join(' ')}\nSigned-By: ${keyring}\n`)
    .join('\n');
}

/** The name under which libc's list has a UTF-8 locale: some carry the encoding in their name and some do not. */
export function supportedName(locale: string, supported: readonly string[]): string | undefined {
  return [locale, locale.replace('.UTF-8', '')].find((name) => supported.includes(name));
}

/** The UTF-8 locales of /usr/share/i18n/SUPPORTED: `name encoding` lines. */
async function readSupportedLocales(root: RootFs): Promise<string[]> {
  const path = await root.follow(supportedLocales);
  if (!path)
    throw new Error('a locale is asked for, but the package locales is not among the packages of this request');
  const lines = (await readFile(path, 'utf8')).split('\n');
  return lines.flatMap((line) => /^(\S+) UTF-8$/.exec(line.trim())?.[1] ?? []);
}

async function checkLocale(root: RootFs, locale: string): Promise<void> {
  const names: string[] = [];
  await root.run('locale', ['-a'], { onLine: (line) => names.push(line) });
  const normalized = (name: string) => name.toLowerCase().replace('utf-8', 'utf8');
  if (!names.some((name) => normalized(name) === normalized(locale)))
    throw new Error(`the locale ${locale} was not generated; the image has ${names.join(', ')}`);
}

const localeHint = 'Use a name such as en_US.UTF-8 or de_DE.UTF-8.';

async function unknownZone(root: RootFs, timezone: string): Promise<StageFailure> {
  const list = await root.follow(`${zoneinfo}/tzdata.zi`);
  if (!list)
    throw new Error('a time zone is asked for, but the package tzdata is not among the packages of this request');
  const zones = (await readFile(list, 'utf8'))
    .split('\n')
    .flatMap((line) => /^(?:Z|L \S+) (\S+)/.exec(line)?.[1] ?? []);
  // Names of old, such as US/Pacific, are in the list but have a package of their own.
  const hint = zones.includes(timezone)
    ? 'It is a name of old: add the package tzdata-legacy, or use the Area/City name.'
    : nearNamesHint(timezone, zones, 'Use a name such as Europe/Berlin.');
  return unknown('/system/timezone', 'time zone', timezone, hint);
}

function unknown(pointer: string, what: string, value: string, hint: string): StageFailure {
  const message = `There is no ${what} ${value}.`;
  return new StageFailure({
    code: 'system.unknown',
    message,
    hint,
    details: [{ pointer, message, value: JSON.stringify(value), hint }],
  });
}
