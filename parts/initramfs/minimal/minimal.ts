/**
 * The small initramfs: busybox, the script `init`, and the boot modules with the aliases that tell which hardware each is for. It
 * is compressed by zstd, which every kernel that boots here can undo (RD_ZSTD is an option of platform/linux).
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { runTool } from '../../../stage-images/contract/tool.ts';
import { definePart } from '../../part.ts';
import { partFile } from '../../part-file.ts';
import { partitionFunctions } from '../../root-fs/partitions/partitions.ts';
import { type BootModules, canonical, chooseBootModules, readModuleIndex } from '../boot-modules.ts';
import type { Initramfs, InitramfsJob, WantedModule } from '../initramfs.ts';
import { type CpioEntry, writeCpio } from './cpio.ts';
import {
  afterTheirWishes,
  busOf,
  type ModuleAlias,
  type ModuleTables,
  plainFile,
  readModuleTables,
  withDependencies,
} from './module-tables.ts';
import { MinimalParams } from './params.ts';
import { verityPrograms } from './verity.ts';

const initScript = partFile('initramfs/minimal/init');
const busybox = '/usr/bin/busybox';

/** What depmod(8) and kbuild find out about modules, as texts. */
const tableFiles = ['modules.dep', 'modules.softdep', 'modules.alias', 'modules.builtin'] as const;

/** kmod's compressions (depmod.d(5)), and what undoes each, leaving the file without the ending. */
const decompressors: Readonly<Record<string, readonly [string, ...string[]]>> = {
  '.gz': ['gzip', '--decompress'],
  '.xz': ['xz', '--decompress'],
  '.zst': ['zstd', '--decompress', '--rm', '--quiet'],
};

export const minimal = definePart(MinimalParams, (): Initramfs => ({ make }));

async function make(asked: InitramfsJob): Promise<string | null> {
  const job = { ...asked, wanted: wantedModules(asked) };
  const { load, absent } = await writeInitramfs(job);
  if (absent.length > 0) job.log(`this kernel was made without ${absent.join(', ')}`);
  const isMade = isNeeded(job, load);
  const nothing = isMade ? 'the initramfs loads no driver' : 'no initramfs: every boot module is built in';
  job.log(load.length > 0 ? `the initramfs loads ${load.join(', ')}` : nothing);
  return isMade ? job.target : null;
}

/** What the plan asks for; and what a layer takes, whichever component forgot it: without it nothing would boot. */
export function wantedModules({ wanted, overlay }: Pick<InitramfsJob, 'wanted' | 'overlay'>): readonly WantedModule[] {
  return overlay ? [...wanted, { name: 'overlay', needed: true }] : wanted;
}

/** A kernel with all drivers built in mounts its root by itself, but lays nothing above it, and has no other opened before. */
function isNeeded({ overlay, verity }: InitramfsJob, load: readonly string[]): boolean {
  return overlay || verity || load.length > 0;
}

/**
 * Writes it when any boot module is a loadable one, or there is more to do than to mount the root, and says which modules were chosen.
 * @throws StageFailure `kernel.module-missing`, or `boot.file-missing` without busybox.
 */
async function writeInitramfs(input: InitramfsJob): Promise<BootModules> {
  const folder = join(input.work, 'lib/modules', input.release);
  const { dep, softdep, alias, builtIn } = await readTables(input, folder);
  // Without any module, all drivers that the stage `prepare` has proved to be there are built in.
  const chosen: BootModules =
    input.modulesTar === null
      ? { load: [], absent: [] }
      : chooseBootModules(input.wanted, readModuleIndex(dep, builtIn));
  if (!isNeeded(input, chosen.load)) return chosen;

  const tables = readModuleTables({ dep, softdep, alias });
  const modules = withDependencies(chosen.load, tables).map((name) => packedModule(name, tables));
  await unpackModules(
    input,
    modules.map(({ path }) => path),
  );
  const aliases = tables.aliases.filter(({ module }) => modules.some(({ name }) => name === module));
  const needed = input.wanted.filter((module) => module.needed).map(({ name }) => name);
  const [shell, init, partitions, ...files] = await Promise.all([
    readFile(await input.bootFile(busybox)),
    readFile(initScript),
    readFile(partitionFunctions),
    ...modules.map(({ path }) => readModule(join(folder, path))),
  ]);
  const always = afterTheirWishes(loadedAlways(chosen.load, needed, aliases), tables);
  const { release, overlay } = input;
  const programs = input.verity ? await verityPrograms(input) : [];
  const entries = initramfsEntries({
    ...{ release, overlay, programs, shell, init, partitions },
    ...{ modules, files, aliases, always },
  });
  const plain = join(input.work, 'initramfs.cpio');
  await writeFile(plain, writeCpio(entries, input.sourceDate));
  // Higher levels take many times as long for a tenth less. Any number of threads gives the same output.
  await runTool('zstd', ['--quiet', '-9', '--threads=0', '-o', input.target, plain]);
  return chosen;
}

/** What depmod(8) and kbuild say of the kernel's modules; nothing of one that has none. */
async function readTables(input: InitramfsJob, folder: string) {
  if (input.modulesTar === null) return { dep: '', softdep: '', alias: '', builtIn: '' };
  await unpackModules(input, tableFiles);
  const table = (name: (typeof tableFiles)[number]) => readFile(join(folder, name), 'utf8');
  const [dep, softdep] = await Promise.all([table('modules.dep'), table('modules.softdep')]);
  const [alias, builtIn] = await Promise.all([table('modules.alias'), table('modules.builtin')]);
  return { dep, softdep, alias, builtIn };
}

/** What no device asks for by itself, such as the file system; and what the plan says is needed in any case. */
export function loadedAlways(
  load: readonly string[],
  needed: readonly string[],
  aliases: readonly ModuleAlias[],
): string[] {
  const askedFor = new Set(aliases.filter((alias) => busOf(alias) !== undefined).map(({ module }) => module));
  const inAnyCase = new Set(needed.map(canonical));
  return load.filter((name) => inAnyCase.has(name) || !askedFor.has(name));
}

/** A module of the initramfs, where modprobe(8) finds files side by side in one folder. */
interface PackedModule {
  name: string;
  /** In the kernel's own tree. */
  path: string;
  /** Its file in the initramfs, and its line of modules.dep(5), where what is loaded first stands last. */
  file: string;
  dependencies: string;
}

function packedModule(name: string, { files }: ModuleTables): PackedModule {
  const fileOf = (module: string) => plainFile(files.get(module)?.path ?? '');
  const { path, needs } = files.get(name) ?? { path: '', needs: [] };
  return { name, path, file: fileOf(name), dependencies: [...needs].reverse().map(fileOf).join(' ') };
}

interface Content {
  release: string;
  overlay: boolean;
  /** Beside the shell, with what they are linked with. */
  programs: readonly CpioEntry[];
  shell: Buffer;
  init: Buffer;
  /** What `init` reads in. */
  partitions: Buffer;
  modules: readonly PackedModule[];
  /** Of each module, uncompressed. */
  files: readonly Buffer[];
  aliases: readonly ModuleAlias[];
  always: readonly string[];
}

function initramfsEntries(content: Content): CpioEntry[] {
  const { release, overlay, programs, shell, init, partitions, modules, files, aliases, always } = content;
  const folder = (path: string): CpioEntry => ({ path, type: 'folder', mode: 0o755 });
  const file = (path: string, mode: number, data: Buffer): CpioEntry => ({ path, type: 'file', mode, data });
  const lines = (path: string, of: readonly string[]) =>
    file(path, 0o644, Buffer.from(of.map((l) => `${l}\n`).join('')));
  const buses = new Set(aliases.flatMap((alias) => busOf(alias) ?? []));
  const tree = `lib/modules/${release}`;
  return [
    ...['bin', 'dev', 'etc', 'lib', 'lib/modules', tree, 'proc', 'root', 'run', 'sys'].map(folder),
    ...programs,
    // The kernel runs /sbin/modprobe when a module asks for another, such as a checksum.
    { path: 'sbin', type: 'link', mode: 0o777, data: Buffer.from('bin') },
    file('bin/busybox', 0o755, shell),
    file('init', 0o755, init),
    file('partitions', 0o644, partitions),
    lines('etc/modules', always),
    // Says that nothing can be written to the root file system.
    ...(overlay ? [lines('etc/overlay', [])] : []),
    // Patterns for grep(1): the kinds of devices that there are drivers for.
    lines(
      'etc/buses',
      [...buses].sort().map((bus) => `^${bus}:`),
    ),
    lines(
      `${tree}/modules.dep`,
      modules.map(({ file, dependencies }) => `${file}: ${dependencies}`.trimEnd()),
    ),
    lines(
      `${tree}/modules.alias`,
      aliases.map(({ pattern, module }) => `alias ${pattern} ${module}`),
    ),
    ...modules.map((module, index) => file(`${tree}/${module.file}`, 0o644, files[index] ?? Buffer.alloc(0))),
  ];
}

/** Unpacks files of the kernel's tree of modules; usr/ is stripped. */
async function unpackModules(input: InitramfsJob, paths: readonly string[]): Promise<void> {
  await mkdir(input.work, { recursive: true });
  if (paths.length === 0) return;
  await runTool('tar', [
    '--extract',
    `--file=${input.modulesTar}`,
    `--directory=${input.work}`,
    '--no-same-owner',
    String.raw`--transform=s,^\(\./\)\?usr/,,`,
    '--no-wildcards',
    ...paths.map((path) => `./usr/lib/modules/${input.release}/${path}`),
  ]);
}

/** The kernel loads modules uncompressed whichever way it was made. */
async function readModule(path: string): Promise<Buffer> {
  const [tool, ...args] = decompressors[extname(path)] ?? [];
  if (tool === undefined) return readFile(path);
  await runTool(tool, [...args, path]);
  return readFile(path.slice(0, -extname(path).length));
}
