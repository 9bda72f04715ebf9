/**
 * The root file system being built: its folder, how to run its own programs inside it, and how to write into it
 * without ever leaving it, whatever symbolic links packages put there.
 */
import { chmod, lstat, mkdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { runTool, type ToolOptions } from '../../stage-images/contract/tool.ts';

/** path_resolution(7) gives up after as many. */
const maxLinks = 40;

/** A path below the root leads to something that is not a folder, or around in circles. */
export class RootPathError extends Error {
  override readonly name = 'RootPathError';
}

export class RootFs {
  constructor(
    /** The folder that becomes `/`. */
    readonly path: string,
    /** SOURCE_DATE_EPOCH of everything in it. */
    readonly sourceDate: number,
    readonly log: (line: string) => void,
  ) {}

  /** Runs a program of the root file system inside it. Works as runTool does. */
  run(tool: string, args: readonly string[], options: Omit<ToolOptions, 'cwd'> = {}): Promise<number> {
    return runTool('chroot', [this.path, tool, ...args], {
      ...options,
      env: { ...this.environment(), ...options.env },
    });
  }

  /** Where `path` of the root file system stands in this container, every link in its folders followed inside the root. */
  async resolve(path: string): Promise<string> {
    return join(await this.resolveFolder(dirname(path)), basename(path));
  }

  /** What stands at `path`, or undefined; a link is not followed. */
  async stat(path: string) {
    return lstatOrUndefined(await this.resolve(path));
  }

  /** Whether `path` leads to something, links followed inside the root. */
  async exists(path: string): Promise<boolean> {
    const found = await this.follow(path);
    return found !== undefined;
  }

  /** Where `path` leads to when its last part is a link too; undefined when it leads to nothing. */
  async follow(path: string): Promise<string | undefined> {
    const real = await this.resolveFolder(path);
    return (await lstatOrUndefined(real)) && real;
  }

  /**
   * Writes a file: folders that are missing are made with mode 0755, what stood there (a link too) is replaced.
   * @throws RootPathError when a folder stands there, or a file stands where a folder is needed.
   */
  async write(path: string, content: string | Buffer, mode = 0o644): Promise<void> {
    const target = await this.makeParents(path);
    if ((await lstatOrUndefined(target))?.isDirectory()) throw new RootPathError(`${path} is a folder`);
    const temporary = `${target}.ldf-new`;
    await writeFile(temporary, content, { mode, flag: 'wx' });
    // The mode given on creation is subject to the umask; chmod is not.
    await chmod(temporary, mode);
    await rename(temporary, target);
  }

  /** Puts a symbolic link at `path`, in place of what stood there. */
  async link(path: string, target: string): Promise<void> {
    await this.remove(path);
    await symlink(target, await this.makeParents(path));
  }

  /** Removes a file or a whole folder; a link is removed, not what it leads to. Nothing there is fine. */
  async remove(path: string): Promise<void> {
    await rm(await this.resolve(path), { recursive: true, force: true });
  }

  /** Makes a folder, and those above it, unless it is there. */
  async makeFolder(path: string, mode = 0o755): Promise<void> {
    const target = await this.makeParents(path);
    if (await this.exists(path)) return;
    await mkdir(target);
    await chmod(target, mode);
  }

  /** Makes the folders above `path` and says where `path` itself stands in this container. */
  async makeParents(path: string): Promise<string> {
    let folder = '/';
    for (const part of dirname(path).split('/').filter(Boolean)) {
      folder = join(folder, part);
      const real = await this.resolveFolder(folder);
      const found = await lstatOrUndefined(real);
      if (!found) {
        // A link may lead to a folder whose own parents are missing.
        await mkdir(real, { recursive: true });
        await chmod(real, 0o755);
      } else if (!found.isDirectory()) throw new RootPathError(`${folder} is not a folder`);
    }
    return this.resolve(path);
  }

  /** Follows every link of `path`, absolute ones from the root; `..` stops at the root as it does for chroot(2). */
  private async resolveFolder(path: string): Promise<string> {
    const ahead = path.split('/').reverse();
    const at: string[] = [];
    let links = 0;
    while (ahead.length > 0) {
      const part = ahead.pop();
      if (part === undefined || part === '' || part === '.') continue;
      if (part === '..') {
        at.pop();
        continue;
      }
      const here = join(this.path, ...at, part);
      if (!(await lstatOrUndefined(here))?.isSymbolicLink()) {
        at.push(part);
        continue;
      }
      if (++links > maxLinks) throw new RootPathError(`${path} leads through too many symbolic links`);
      const link = await readlink(here);
      if (link.startsWith('/')) at.length = 0;
      ahead.push(...link.split('/').reverse());
    }
    return join(this.path, ...at);
  }

  private environment(): Record<string, string> {
    return {
      HOME: '/root',
      SOURCE_DATE_EPOCH: String(this.sourceDate),
      DEBIAN_FRONTEND: 'noninteractive',
      DEBCONF_NONINTERACTIVE_SEEN: 'true',
      // systemctl edits links and asks no running systemd; its warnings about a missing /proc say nothing new.
      SYSTEMD_OFFLINE: '1',
      SYSTEMD_LOG_LEVEL: 'err',
      // Perl and Python order their hashes by a random seed, and what they print with it.
      PERL_HASH_SEED: '0',
      PYTHONHASHSEED: '0',
    };
  }
}

function lstatOrUndefined(path: string) {
  return lstat(path).catch(undefinedIfNothing);
}

/** For `catch`: nothing, where nothing stands at a path, for a file stands where it leads through too. @throws the error, when it is another one. */
export function undefinedIfNothing(error: unknown): undefined {
  if (!(error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')))
    throw error;
}
