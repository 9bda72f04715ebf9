/**
 * The initramfs: busybox, the boot modules in the order they load in, and `initramfs/init`. It is left uncompressed (a
 * few MiB): the kernel unpacks that whichever RD_* options it was made with.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { Architecture } from '../../src/definition/definition.ts';
import { StageFailure } from '../contract/failure.ts';
import { readTool, runTool } from '../contract/tool.ts';
import { type BootModules, chooseBootModules, readModuleIndex, type WantedModule } from './boot-modules.ts';
import { type CpioEntry, writeCpio } from './cpio.ts';

/** The bundle lies beside the folder `initramfs` in the stage image, as this file does in the source. */
const initScript = new URL('./initramfs/init', import.meta.url);
const busybox = '/bin/busybox';
/** The architecture of this stage image, and so of its busybox; process.arch in the terms of definitions. */
const busyboxArch = new Map<string, Architecture>([
  ['x64', 'x86_64'],
  ['arm64', 'aarch64'],
]).get(process.arch);

/** kmod's compressions (depmod.d(5)), and what undoes each, leaving the file without the ending. */
const decompressors: Readonly<Record<string, readonly [string, ...string[]]>> = {
  '.gz': ['gzip', '--decompress'],
  '.xz': ['xz', '--decompress'],
  '.zst': ['zstd', '--decompress', '--rm', '--quiet'],
};

export interface InitramfsInput {
  arch: Architecture;
  /** The tar of usr/lib/modules/<release>. */
  modulesTar: string;
  release: string;
  wanted: readonly WantedModule[];
  sourceDate: number;
  /** A folder for what is unpacked; it is made. */
  work: string;
}

/**
 * Writes an initramfs to `target` when any boot module is a loadable one, and says which modules were chosen.
 * @throws StageFailure `kernel.module-missing`, or `initramfs.foreign` for another architecture than this image's.
 */
export async function makeInitramfs(input: InitramfsInput, target: string): Promise<BootModules> {
  const folder = join(input.work, 'lib/modules', input.release);
  await unpackModules(input, `*/${input.release}/modules.*`);
  const [dep, builtIn] = await Promise.all([
    readFile(join(folder, 'modules.dep'), 'utf8'),
    readFile(join(folder, 'modules.builtin'), 'utf8'),
  ]);
  const chosen = chooseBootModules(input.wanted, readModuleIndex(dep, builtIn));
  if (chosen.load.length === 0) return chosen;
  if (input.arch !== busyboxArch) throw foreign(input.arch, chosen.load);

  await unpackModules(input, '*.ko*');
  const paths = await loadOrder(input, chosen.load);
  const modules = await Promise.all(paths.map(readModule));
  const [shell, init] = await Promise.all([readFile(busybox), readFile(initScript)]);
  await writeFile(target, writeCpio(initramfsEntries(shell, init, modules), input.sourceDate));
  return chosen;
}

function foreign(arch: Architecture, modules: readonly string[]): StageFailure {
  return new StageFailure({
    code: 'initramfs.foreign',
    message: `The boot needs the modules ${modules.join(', ')}, but this image-packager has no busybox for ${arch} to load them with.`,
    hint: `Build them into the kernel (y in kernel.config.options), or build the image on ${arch}.`,
    details: [{ pointer: '/kernel/config/options', message: `${modules.join(', ')} must be built in` }],
  });
}

interface LoadedModule {
  name: string;
  data: Buffer;
}

function initramfsEntries(shell: Buffer, init: Buffer, modules: readonly LoadedModule[]): CpioEntry[] {
  const folder = (path: string): CpioEntry => ({ path, type: 'folder', mode: 0o755 });
  const file = (path: string, mode: number, data: Buffer): CpioEntry => ({ path, type: 'file', mode, data });
  return [
    ...['bin', 'dev', 'modules', 'proc', 'root', 'sys'].map(folder),
    file('bin/busybox', 0o755, shell),
    file('init', 0o755, init),
    file('modules/order', 0o644, Buffer.from(modules.map(({ name }) => `${name}\n`).join(''))),
    ...modules.map(({ name, data }) => file(`modules/${name}`, 0o644, data)),
  ];
}

/** modprobe(8) looks for lib/modules below its root, so usr/ is stripped. */
async function unpackModules(input: InitramfsInput, pattern: string): Promise<void> {
  await mkdir(input.work, { recursive: true });
  await runTool('tar', [
    '--extract',
    `--file=${input.modulesTar}`,
    `--directory=${input.work}`,
    '--no-same-owner',
    String.raw`--transform=s,^\(\./\)\?usr/,,`,
    '--wildcards',
    pattern,
  ]);
}

/** The files to load for `names`, what they depend on (soft dependencies too) first, each once. */
async function loadOrder(input: InitramfsInput, names: readonly string[]): Promise<string[]> {
  const args = ['--dirname', input.work, '--set-version', input.release, '--all', '--show-depends', ...names];
  return parseShowDepends(await readTool('modprobe', args));
}

/** modprobe(8) --show-depends prints `insmod PATH [options]` or `builtin NAME`. */
export function parseShowDepends(output: string): string[] {
  const paths = output.split('\n').flatMap((line) => /^insmod (\S+)/.exec(line)?.[1] ?? []);
  return [...new Set(paths)];
}

/** The kernel loads modules uncompressed whichever way it was made. */
async function readModule(path: string): Promise<LoadedModule> {
  const [tool, ...args] = decompressors[extname(path)] ?? [];
  if (tool) await runTool(tool, [...args, path]);
  const plain = tool ? path.slice(0, -extname(path).length) : path;
  return { name: basename(plain), data: await readFile(plain) };
}
