/**
 * Brings files into effect that something in the image works up into another form: certificates, fonts, schemas, hardware
 * data. What a package watches by a file trigger is looked up in dpkg's own list (deb-triggers(5)); what packages work up
 * only when they are configured, and what nobody triggers below /usr/local and /etc, stands in the table here.
 */
import { readFile } from 'node:fs/promises';
import { triplets } from '../../../src/architecture.ts';
import type { RootFs } from '../../root-fs/root-fs.ts';
import { localeEnvironment } from './configure.ts';
import { dpkg } from './dpkg.ts';
import { originEnvironment } from './stand-in-proc.ts';

/** Lines of `path package[/noawait]`. */
const fileTriggers = '/var/lib/dpkg/triggers/File';

interface Generator {
  /** Files, and folders below which every file counts. */
  watches: readonly string[];
  /** The program and its arguments; where it is in none of these places, there is nothing to do. */
  programs: readonly string[];
  args: readonly string[];
  /**
   * What it makes anew, and is removed before: systemd-hwdb(8) cannot put a file in place of another where no /proc is
   * mounted.
   */
  makes?: string;
}

const multiarch = Object.values(triplets);

/** In the order in which they are run: accounts first, which others may name. */
const generators: readonly Generator[] = [
  // systemd-sysusers(8)
  {
    watches: ['/etc/sysusers.d', '/usr/local/lib/sysusers.d', '/usr/lib/sysusers.d'],
    programs: ['/usr/bin/systemd-sysusers'],
    args: [],
  },
  // ld.so.conf.d, and libraries where ldconfig(8) looks for them
  {
    watches: ['/etc/ld.so.conf', '/etc/ld.so.conf.d', '/usr/local/lib'],
    programs: ['/usr/sbin/ldconfig'],
    args: [],
  },
  // hwdb(7): the compiled forms of what the machine's owner adds, and of what packages bring
  {
    watches: ['/etc/udev/hwdb.d'],
    programs: ['/usr/bin/systemd-hwdb'],
    args: ['update'],
    makes: '/etc/udev/hwdb.bin',
  },
  {
    watches: ['/usr/lib/udev/hwdb.d'],
    programs: ['/usr/bin/systemd-hwdb'],
    args: ['--usr', 'update'],
    makes: '/usr/lib/udev/hwdb.bin',
  },
  // update-ca-certificates(8), which also calls the hooks of others, such as that of Java's store
  {
    watches: [
      '/usr/local/share/ca-certificates',
      '/usr/share/ca-certificates',
      '/etc/ca-certificates',
      '/etc/ca-certificates.conf',
      '/etc/ssl/certs',
    ],
    programs: ['/usr/sbin/update-ca-certificates'],
    args: [],
  },
  // fc-cache(1), with the arguments that fontconfig's own script gives it
  {
    watches: ['/usr/local/share/fonts', '/etc/fonts'],
    programs: ['/usr/bin/fc-cache'],
    args: ['--system-only', '--force'],
  },
  {
    watches: ['/usr/local/share/glib-2.0/schemas'],
    programs: [
      '/usr/bin/glib-compile-schemas',
      ...multiarch.map((name) => `/usr/lib/${name}/glib-2.0/glib-compile-schemas`),
    ],
    args: ['/usr/local/share/glib-2.0/schemas'],
  },
  // dconf(1): databases from key files
  { watches: ['/etc/dconf/db', '/etc/dconf/profile'], programs: ['/usr/bin/dconf'], args: ['update'] },
  {
    watches: ['/usr/local/share/mime/packages'],
    programs: ['/usr/bin/update-mime-database'],
    args: ['/usr/local/share/mime'],
  },
  {
    watches: ['/usr/local/share/applications'],
    programs: ['/usr/bin/update-desktop-database'],
    args: ['/usr/local/share/applications'],
  },
  // pam-auth-update(8)
  { watches: ['/usr/share/pam-configs'], programs: ['/usr/sbin/pam-auth-update'], args: ['--package'] },
];

/** Runs what the paths given concern. `locale` as for configurePackages. @throws StageFailure or ToolError as its tools do. */
export async function takeEffect(root: RootFs, paths: readonly string[], locale?: string): Promise<void> {
  const written = await bothNames(root, paths);
  const env = { ...localeEnvironment(locale), ...(await originEnvironment(root)) };
  for (const { watches, programs, args, makes } of generators) {
    if (!concerns(watches, written)) continue;
    const [program] = await existing(root, programs);
    if (program && makes) await root.remove(makes);
    if (program) await root.run(program, args, { env, onLine: root.log });
  }
  const triggered = (await watchedPaths(root)).filter((watched) => concerns([watched], written));
  if (triggered.length === 0) return;
  for (const path of triggered) await root.run('dpkg-trigger', ['--no-await', path]);
  await dpkg(root, ['--triggers-only', '--pending'], () => undefined, { env, keepConffiles: true });
}

/** Each path as it was given and as it really is: a watcher may know the file by either. */
async function bothNames(root: RootFs, paths: readonly string[]): Promise<string[]> {
  const real = await Promise.all(paths.map(async (path) => (await root.resolve(path)).slice(root.path.length)));
  return [...new Set([...paths, ...real])];
}

function concerns(watches: readonly string[], written: readonly string[]): boolean {
  return watches.some((watched) => written.some((path) => path === watched || path.startsWith(`${watched}/`)));
}

async function existing(root: RootFs, programs: readonly string[]): Promise<string[]> {
  const found = await Promise.all(programs.map((program) => root.exists(program)));
  return programs.filter((_, index) => found[index]);
}

async function watchedPaths(root: RootFs): Promise<string[]> {
  const list = await root.follow(fileTriggers);
  const lines = list ? (await readFile(list, 'utf8')).split('\n') : [];
  return [...new Set(lines.flatMap((line) => /^(\/.*) \S+$/.exec(line)?.[1] ?? []))];
}
