/**
 * An initramfs by dracut(8), with what the image's own packages bring: dracut's scripts, programs, libraries and udev's rules come from the
 * unpacked root file system (`--sysroot`), and none of its programs is run, so that it may be one for another processor.
 */
import { existsSync, realpathSync } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { undefinedIfMissing } from '../../../src/missing-file.ts';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import { readTool, runTool, ToolError } from '../../../stage-images/contract/tool.ts';
import { definePart } from '../../part.ts';
import { partFile } from '../../part-file.ts';
import { chooseBootModules, readModuleIndex } from '../boot-modules.ts';
import type { Initramfs, InitramfsJob } from '../initramfs.ts';
import { libraryTable, readScan, scanFormat } from './libraries.ts';
import { DracutParams } from './params.ts';

const program = 'usr/bin/dracut';

/**
 * Where dracut finds what systemd, udev and D-Bus have, by the names of its variables (dracut.sh, "global variables"). It would ask pkg-config
 * of the machine that it runs on; and up to release 059 it takes a folder for known that nobody has named, when it has a `--sysroot`.
 */
const folders: Readonly<Record<string, string>> = {
  dbus: '/usr/share/dbus-1',
  dbusconfdir: '/etc/dbus-1',
  dbusinterfaces: '/usr/share/dbus-1/interfaces',
  dbusinterfacesconfdir: '/etc/dbus-1/interfaces',
  dbusservices: '/usr/share/dbus-1/services',
  dbusservicesconfdir: '/etc/dbus-1/services',
  dbussession: '/usr/share/dbus-1/session.d',
  dbussessionconfdir: '/etc/dbus-1/session.d',
  dbussystem: '/usr/share/dbus-1/system.d',
  dbussystemconfdir: '/etc/dbus-1/system.d',
  dbussystemservices: '/usr/share/dbus-1/system-services',
  dbussystemservicesconfdir: '/etc/dbus-1/system-services',
  depmodd: '/usr/lib/depmod.d',
  depmodconfdir: '/etc/depmod.d',
  environment: '/usr/lib/environment.d',
  environmentconfdir: '/etc/environment.d',
  modulesload: '/usr/lib/modules-load.d',
  modulesloadconfdir: '/etc/modules-load.d',
  sysctld: '/usr/lib/sysctl.d',
  sysctlconfdir: '/etc/sysctl.d',
  systemdcatalog: '/usr/lib/systemd/catalog',
  systemdnetwork: '/usr/lib/systemd/network',
  systemdnetworkconfdir: '/etc/systemd/network',
  systemdntpunits: '/usr/lib/systemd/ntp-units.d',
  systemdntpunitsconfdir: '/etc/systemd/ntp-units.d',
  systemdportable: '/usr/lib/systemd/portable',
  systemdportableconfdir: '/etc/systemd/portable',
  systemdsystemconfdir: '/etc/systemd/system',
  systemdsystemunitdir: '/usr/lib/systemd/system',
  systemduser: '/usr/lib/systemd/user',
  systemduserconfdir: '/etc/systemd/user',
  systemdutilconfdir: '/etc/systemd',
  systemdutildir: '/usr/lib/systemd',
  sysusers: '/usr/lib/sysusers.d',
  sysusersconfdir: '/etc/sysusers.d',
  tmpfilesconfdir: '/etc/tmpfiles.d',
  tmpfilesdir: '/usr/lib/tmpfiles.d',
  udevconfdir: '/etc/udev',
  udevdir: '/usr/lib/udev',
  udevrulesconfdir: '/etc/udev/rules.d',
  udevrulesdir: '/usr/lib/udev/rules.d',
};

/** Errors as release 106 tells them, and those after which 059 continues. */
const errorPatterns = [/^dracut\[[EF]\]: (.*)/, /^dracut: (FAILED: .*|.* cannot be found or installed.*)/];

export const dracut = definePart(DracutParams, (): Initramfs => ({ make }));

async function make(job: InitramfsJob): Promise<string> {
  if (job.overlay || job.verity)
    throw new StageFailure({
      code: 'initramfs.read-only-root',
      message: 'dracut mounts the root file system as it is, and this one is never written.',
      hint: 'Leave `initramfs` out, or choose a root file system that is written.',
      details: [{ pointer: '/initramfs', message: 'lays nothing above a root file system that is never written' }],
    });
  const root = join(job.work, 'root');
  const temporary = join(job.work, 'temporary');
  await Promise.all([mkdir(root, { recursive: true }), mkdir(temporary, { recursive: true })]);
  await unpack(job.rootfs, root);
  if (!existsSync(join(root, program)))
    throw new StageFailure({
      code: 'initramfs.no-dracut',
      message: `The root file system has no /${program}.`,
      hint: 'Do not leave the package dracut-core out of userland.packages, or leave `initramfs` out.',
      details: [{ pointer: '/initramfs', message: 'needs the package dracut-core in the image' }],
    });
  const drivers = await unpackDrivers(job, root);
  const libraries = join(job.work, 'libraries');
  await writeFile(libraries, await librariesOf(root));
  const ldd = join(job.work, 'ldd');
  await copyFile(partFile('initramfs/dracut/ldd'), ldd);
  await chmod(ldd, 0o755);
  await run(job, [...options(job, root, temporary), ...drivers, job.target], {
    ...folders,
    ...{ SYSROOT: realpathSync(root), LIBRARIES: libraries, DRACUT_LDD: ldd },
    DRACUT_INSTALL: '/usr/lib/dracut/dracut-install',
    DRACUT_ARCH: job.arch,
    SOURCE_DATE_EPOCH: String(job.sourceDate),
  });
  return job.target;
}

/** Whom a file belongs to is of no matter there: dracut gives all to root. Devices are the kernel's to make. */
async function unpack(rootfs: string, root: string): Promise<void> {
  const what = ['--no-same-owner', '--exclude=./dev/*'];
  await runTool('tar', ['--extract', `--file=${rootfs}`, `--directory=${root}`, ...what]);
}

/** Unpacks the kernel's modules too, and says what dracut is to do with them. @throws StageFailure `kernel.module-missing` */
async function unpackDrivers(job: InitramfsJob, root: string): Promise<string[]> {
  const { modulesTar, release } = job;
  if (modulesTar === null) return ['--no-kernel'];
  await runTool('tar', ['--extract', `--file=${modulesTar}`, `--directory=${root}`, '--no-same-owner']);
  const folder = join(root, 'usr/lib/modules', release);
  // Those that packages brought are among them.
  await runTool('depmod', ['--basedir', root, release]);
  const table = (name: string) => readFile(join(folder, name), 'utf8');
  const index = readModuleIndex(await table('modules.dep'), await table('modules.builtin'));
  const { load, absent } = chooseBootModules(job.wanted, index);
  if (absent.length > 0) job.log(`this kernel was made without ${absent.join(', ')}`);
  const added = load.length > 0 ? ['--add-drivers', load.join(' ')] : [];
  return ['--kmoddir', folder, ...added];
}

/** See dracut(8). Whatever a machine is like, the drivers are in it; and the bytes are the same each time. */
function options({ release }: InitramfsJob, root: string, temporary: string): string[] {
  return [
    join(root, program),
    ...['--sysroot', root, '--tmpdir', temporary, '--kver', release],
    ...['--no-hostonly', '--no-hostonly-cmdline', '--reproducible', '--force'],
    // strip(1) knows no programs of other processors, and modules would lose their signatures.
    '--nostrip',
    // As the small initramfs: higher levels take many times as long. Any number of threads gives the same output.
    ...['--compress', 'zstd --quiet -9 --threads=0'],
  ];
}

async function librariesOf(root: string): Promise<string> {
  // Quietly, no links, all folders: its long options do not work.
  const printed = await readTool('scanelf', ['-q', '-y', '-R', '-F', scanFormat, 'usr'], { cwd: root });
  const whole = realpathSync(root);
  const resolve = (path: string) => {
    const file = join(root, path);
    const real = existsSync(file) ? realpathSync(file) : '';
    return real.startsWith(`${whole}/`) ? real.slice(whole.length) : undefined;
  };
  return libraryTable(readScan(printed), await loaderFolders(root), resolve);
}

/** Where the loader looks (ld.so.conf, ldconfig(8)), and then in its own folders. */
async function loaderFolders(root: string): Promise<string[]> {
  const folder = join(root, 'etc/ld.so.conf.d');
  const names = ((await readdir(folder).catch(undefinedIfMissing)) ?? [])
    .filter((name) => name.endsWith('.conf'))
    .sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  const configured = texts.flatMap((text) => text.split('\n')).filter((line) => line.startsWith('/'));
  return [...configured.map((line) => line.trim()), '/usr/lib64', '/usr/lib'];
}

/** What a line of dracut's says went wrong; nothing where it says no such thing. */
export function errorsIn(line: string): string[] {
  return errorPatterns.flatMap((pattern) => pattern.exec(line)?.[1] ?? []);
}

/** What dracut has an error to tell of is missing in what it made, whichever way it ends. @throws StageFailure `initramfs.failed` */
async function run(job: InitramfsJob, words: readonly string[], env: Record<string, string>): Promise<void> {
  const errors: string[] = [];
  const onLine = (line: string) => {
    job.log(line);
    errors.push(...errorsIn(line));
  };
  const end = await runTool('bash', words, { env, onLine }).catch((error: unknown) => {
    if (error instanceof ToolError) return error;
    throw error;
  });
  if (!(end instanceof ToolError) && errors.length === 0) return;
  const said = errors.length > 0 ? errors : end instanceof ToolError ? end.tail.slice(-5) : [];
  throw new StageFailure({
    code: 'initramfs.failed',
    message: `dracut did not make the initramfs: ${said.join('; ')}`,
    hint: 'What it is to do besides stands in files below /etc/dracut.conf.d, and what it takes comes from packages: change system.files or userland.packages.',
    details: [{ pointer: '/initramfs', message: 'dracut did not make it', evidence: said }],
  });
}
