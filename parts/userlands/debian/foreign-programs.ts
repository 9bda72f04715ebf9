/**
 * Maintainer scripts of another architecture's packages, run on this machine. While packages are configured, programs of this
 * machine stand in the place of the image's: the same programs at the same version, and where there is none, a script that
 * has the program run by an emulator (qemu-user). Nothing is registered with the kernel, and no right is needed for it but that
 * of chroot(2). At the end each program of the image is in its place again, with the owner and the mode that scripts have
 * given its stand-in.
 */
import {
  chmod,
  chown,
  copyFile,
  lstat,
  mkdir,
  readFile,
  rename,
  rm,
  rmdir,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Architecture, triplets } from '../../../src/architecture.ts';
import type { AssembleParams } from '../../../src/stages/assemble/contract.ts';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import { readStart } from '../../../stage-images/contract/read-start.ts';
import { readTool, runTool } from '../../../stage-images/contract/tool.ts';
import { type RootFs, undefinedIfNothing } from '../../root-fs/root-fs.ts';
import type { StepProgress } from '../../steps.ts';
import { readElf } from './elf.ts';
import { extractNative } from './extract-native.ts';
import { foreignTo } from './resolve-native.ts';

/** What runs and is run by the stand-ins, inside the root; gone at the end. */
const toolFolder = '/ldf-native';
/** Behind the name of a program of the image while another one stands in its place. */
const setAside = '.ldf-foreign';

/** What they say depends on the architecture, so that the image's own have to say it. */
const emulated = new Set(
  ['bin/dpkg', 'bin/dpkg-query', 'bin/dpkg-trigger', 'bin/uname', 'bin/arch', 'sbin/ldconfig'].map(
    (name) => `/usr/${name}`,
  ),
);

/** Folders of a tree without /usr that lead into it where /usr is merged. */
const merged = ['bin', 'sbin', 'lib', 'lib64'];

interface StandIn {
  inode: bigint;
  /** When owner, mode or attributes were changed last. */
  changedNs: bigint;
}

export interface ForeignOptions {
  arch: Architecture;
  native: AssembleParams['native'];
  store: string;
  work: string;
}

export class ForeignPrograms {
  readonly #standIns = new Map<string, StandIn>();
  /** Files of this machine's packages for which the image has none: libraries, and what loads them. */
  readonly #added: string[] = [];
  readonly #since = Math.floor(Date.now() / 1000);

  private constructor(
    private readonly root: RootFs,
    private readonly arch: Architecture,
    private readonly own: Architecture,
    /** The tree of this machine's packages. */
    private readonly tree: string,
    /** Its ELF files. */
    private readonly twins: ReadonlySet<string>,
  ) {}

  /**
   * undefined where the image is for this machine's architecture.
   * @throws StageFailure `assemble.foreign-architecture` where the lock has no packages of this machine, `source.damaged`.
   */
  static async open(
    root: RootFs,
    { arch, native, store, work }: ForeignOptions,
    progress: StepProgress,
  ): Promise<ForeignPrograms | undefined> {
    const own = foreignTo(arch);
    if (own === undefined) return undefined;
    if (native?.arch !== own) throw notLocked(arch, own);
    const tree = join(work, 'native');
    const tools = join(root.path, toolFolder);
    await mkdir(tools, { recursive: true });
    await extractNative(native.packages, { arch, store, tree, tools }, progress);
    const twins = new Set<string>();
    for (const path of await filesOf(tree, [])) if ((await readElf(join(tree, path))) === own) twins.add(path);
    return new ForeignPrograms(root, arch, own, tree, twins);
  }

  /** Puts what the programs of this machine need beside those of the image, where it stays until `restore`. */
  async addLibraries(): Promise<void> {
    const triplet = triplets[this.own];
    const entries = await filesOf(this.tree, ['(', '-path', `*${triplet}*`, '-o', '-path', '*/lib64/*', ')']);
    // What stands in /etc would tell the image's ldconfig(8) of these.
    for (const path of entries.filter((entry) => entry.startsWith('/usr/'))) {
      const to = join(this.root.path, path);
      if (await found(to)) continue;
      await mkdir(dirname(to), { recursive: true });
      await rename(join(this.tree, path), to);
      this.#added.push(path);
    }
    const loader = this.#added.some((path) => path.startsWith('/usr/lib64/'));
    if (loader && !(await found(join(this.root.path, 'lib64')))) {
      await symlink('usr/lib64', join(this.root.path, 'lib64'));
      this.#added.push('/lib64');
    }
  }

  /** Puts stand-ins in the place of all programs that have none yet. */
  async standIn(): Promise<void> {
    const { root } = this;
    for (const path of this.twins) {
      const at = join(root.path, path);
      if (this.#standIns.has(path) || emulated.has(path) || (await readElfOf(at)) !== this.arch) continue;
      await this.#place(path, async () => {
        const twin = join(this.tree, path);
        // Of two names for one file each becomes a file of its own.
        if ((await lstat(twin)).nlink > 1) await copyFile(twin, at);
        else await rename(twin, at);
      });
    }
    for (const path of await filesOf(root.path, ['-perm', '/111'])) {
      if (this.#standIns.has(path) || /\.so(?:\.|$)/.test(path) || path.endsWith(setAside)) continue;
      if ((await readElfOf(join(root.path, path))) !== this.arch) continue;
      await this.#place(path, () => writeFile(join(root.path, path), script(path)));
    }
  }

  async #place(path: string, write: () => Promise<void>): Promise<void> {
    const at = join(this.root.path, path);
    const { mode, uid, gid, atime, mtime } = await lstat(at);
    await rename(at, at + setAside);
    await write();
    await chown(at, uid, gid);
    await chmod(at, mode & 0o7777);
    await utimes(at, atime, mtime);
    const { ino, ctimeNs } = await lstat(at, { bigint: true });
    this.#standIns.set(path, { inode: ino, changedNs: ctimeNs });
  }

  /** Has dpkg unpack what it brings beside the stand-ins (dpkg-divert(1)), for the time that `unpack` takes. */
  async beside(unpack: () => Promise<void>): Promise<void> {
    const file = join(this.root.path, 'var/lib/dpkg/diversions');
    const names = [...this.#standIns.keys()].flatMap((path) => [path, ...unmerged(path)]);
    await writeFile(file, names.map((path) => `${path}\n${path}${setAside}\n:\n`).join(''));
    await unpack();
    const lines = (await readFile(file, 'utf8')).split('\n').slice(0, -1);
    const ours = (line: number) => lines[line - (line % 3) + 1]?.endsWith(setAside) ?? false;
    const others = lines.filter((_, line) => !ours(line));
    if (others.length === 0) await rm(file);
    else await writeFile(file, others.map((line) => `${line}\n`).join(''));
    await rm(`${file}-old`, { force: true });
  }

  /** Takes the stand-ins out. @throws Error where a script has made a copy of one, which the image could not run. */
  async restore(): Promise<void> {
    const { root } = this;
    await this.#removeLibraries();
    await this.#refuseCopies();
    const moved = new Map<bigint, string>();
    for (const [path, { inode, changedNs }] of this.#standIns) {
      const at = join(root.path, path);
      const stat = await found(at);
      const place = stat?.ino === inode ? at : await this.#search(inode, moved);
      if (place === undefined) {
        await rm(at + setAside);
        continue;
      }
      const now = await lstat(place, { bigint: true });
      if (now.ctimeNs !== changedNs)
        await runTool('cp', ['--attributes-only', '--preserve=mode,ownership,xattr', '--', place, at + setAside]);
      await rename(at + setAside, place);
    }
    await rm(join(root.path, toolFolder), { recursive: true });
  }

  async #removeLibraries(): Promise<void> {
    const added = this.#added.splice(0);
    for (const path of added) await rm(join(this.root.path, path));
    for (const path of added) await removeEmpty(this.root.path, dirname(path));
  }

  /** Where a script has moved a stand-in to. */
  async #search(inode: bigint, moved: Map<bigint, string>): Promise<string | undefined> {
    if (moved.size === 0)
      for (const path of await filesOf(this.root.path, ['-perm', '/111'])) {
        const at = join(this.root.path, path);
        moved.set((await lstat(at, { bigint: true })).ino, at);
      }
    return moved.get(inode);
  }

  async #refuseCopies(): Promise<void> {
    const places = new Set([...this.#standIns.values()].map(({ inode }) => inode));
    for (const path of await filesOf(this.root.path, ['-size', '+0', '-newermt', `@${this.#since}`])) {
      const at = join(this.root.path, path);
      if (places.has((await lstat(at, { bigint: true })).ino)) continue;
      if ((await readElfOf(at)) === this.own || (await startsWith(at, scriptStart)))
        throw new Error(`${path} was copied from a program of ${this.own} while the packages were configured`);
    }
  }
}

const scriptStart = `#!${toolFolder}/busybox`;

function script(path: string): string {
  return `${scriptStart} sh\nexec ${toolFolder}/qemu -0 "$0" ${quoted(path + setAside)} "$@"\n`;
}

const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

function unmerged(path: string): string[] {
  return merged.some((name) => path.startsWith(`/usr/${name}/`)) ? [path.slice('/usr'.length)] : [];
}

/** Files and links below a folder, `/…`, that find(1) takes by the tests given; without those, files alone. */
async function filesOf(folder: string, tests: readonly string[]): Promise<string[]> {
  const skipped = ['proc', 'sys', 'dev', 'run', toolFolder.slice(1), 'ldf-packages', 'usr/share/doc', 'usr/share/man'];
  const passedOver = skipped.flatMap((name, index) => [...(index > 0 ? ['-o'] : []), '-path', join(folder, name)]);
  const types = tests[0] === '(' ? ['-type', 'f,l'] : ['-type', 'f'];
  const list = await readTool('find', [
    ...[folder, '-xdev', '(', ...passedOver, ')', '-prune', '-o'],
    ...[...types, ...tests, '-printf', '/%P\\0'],
  ]);
  return list.split('\0').filter((line) => line !== '');
}

function found(path: string) {
  return lstat(path, { bigint: true }).catch(undefinedIfNothing);
}

async function readElfOf(path: string): Promise<Architecture | undefined> {
  return (await found(path))?.isFile() ? readElf(path) : undefined;
}

async function startsWith(path: string, text: string): Promise<boolean> {
  return (await readStart(path, text.length)).toString('latin1') === text;
}

async function removeEmpty(root: string, folder: string): Promise<void> {
  for (let at = folder; at !== '/'; at = dirname(at))
    try {
      await rmdir(join(root, at));
    } catch {
      return;
    }
}

function notLocked(arch: Architecture, own: Architecture): StageFailure {
  return new StageFailure({
    code: 'assemble.foreign-architecture',
    message: `The lock has no programs of ${own} with which a root file system of ${arch} could be assembled on this machine.`,
    hint: `Update the lock on a machine of ${own} (\`ldf lock --update\`), or build on a machine of ${arch}.`,
  });
}
