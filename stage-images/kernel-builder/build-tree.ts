/**
 * Build folders of kernels, kept from one build to the next. For each object Kbuild records the options, the headers and
 * the command that it was made from (scripts/basic/fixdep.c of the kernel): the next kernel of the same source compiles
 * only what its configuration makes different. A folder serves the source, architecture and stage image it comes from.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissingFile, undefinedIfMissing } from '../../src/missing-file.ts';
import { sha256File } from '../contract/hash.ts';
import { pipeTools, readTool } from '../contract/tool.ts';

/** What a build folder depends on but for its configuration. */
export interface TreeOrigin {
  arch: string;
  /** Of the package that the source came from. */
  sourceSha256: string;
}

/** Files that tell one stage image from another: its packages, the compiler's among them, and its program. */
const imageFiles = ['/var/lib/dpkg/status', '/usr/lib/ldf/program.mjs'];

/**
 * What is linked anew in any case is not kept. Of modules that holds because type information (BTF) of the kernel goes into
 * them without being recorded as what they were made from.
 */
const unkept = ['vmlinux*', '.tmp_vmlinux*', '*.ko'];

/** Most that all kept folders may take; those that were kept first go first. */
const keptBytes = 5 * 2 ** 30;
const suffix = '.tar.zst';
const partialAgeMs = 24 * 3_600_000;

/** The folder in which build folders are kept, as archives: in one of them nobody else works. */
export class KeptTrees {
  constructor(
    readonly folder: string,
    private readonly log: (line: string) => void,
    private readonly limitBytes = keptBytes,
  ) {}

  /** The archive for a build folder of this origin. */
  async archive(origin: TreeOrigin, files: readonly string[] = imageFiles): Promise<string> {
    const image = await Promise.all(files.map((file) => sha256File(file)));
    const key = createHash('sha256').update(JSON.stringify([origin.arch, origin.sourceSha256, image]));
    return join(this.folder, `${key.digest('hex')}${suffix}`);
  }

  /**
   * Unpacks what was kept into the empty folder `build`, and tells whether there was anything. What cannot be read is
   * removed: a kernel can always be built from nothing.
   */
  async restore(archive: string, build: string): Promise<boolean> {
    try {
      // make(1) goes by dates: what is changed from now on has to be newer than everything that is kept.
      if ((await stat(archive)).mtimeMs >= Date.now() + 1) {
        this.log('the clock was set back since the last kernel was built: this one is built from nothing');
        return false;
      }
      const unpack = ['tar', '--extract', '--file=-', `--directory=${build}`, '--no-same-owner'] as const;
      await pipeTools([['zstd', '--quiet', '--decompress', '--stdout', archive], unpack]);
      return true;
    } catch (error) {
      if (isMissingFile(error)) return false;
      this.log(`what was kept of the last kernel cannot be read, and this one is built from nothing: ${said(error)}`);
      await rm(archive, { force: true });
      await rm(build, { recursive: true });
      await mkdir(build);
      return false;
    }
  }

  /** Keeps the build folder for the next kernel. It does not throw: this one is not the worse for it. */
  async keep(archive: string, { build, scratch }: { build: string; scratch: string }): Promise<void> {
    const partial = join(this.folder, `${randomUUID()}.partial`);
    try {
      if (await isAheadOfClock(build, scratch)) return;
      // Dates to the nanosecond, which older formats of tar leave out.
      const pack = ['tar', '--create', '--file=-', '--format=posix', `--directory=${build}`] as const;
      const compress = ['zstd', '--quiet', '-1', '--threads=0', '-o', partial] as const;
      await pipeTools([[...pack, ...unkept.map((name) => `--exclude=${name}`), '.'], compress]);
      await rename(partial, archive);
      await this.clear(archive);
    } catch (error) {
      this.log(`the build folder is not kept for the next kernel: ${said(error)}`);
      await rm(partial, { force: true });
    }
  }

  /** Removes what is beyond the limit, the archive `newest` excepted, and what was never finished. */
  private async clear(newest: string): Promise<void> {
    const files = await Promise.all(
      (await readdir(this.folder)).map(async (name) => {
        const path = join(this.folder, name);
        // Another build may be done with it meanwhile.
        const { size, mtimeMs } = (await stat(path).catch(undefinedIfMissing)) ?? { size: 0, mtimeMs: 0 };
        return { path, size, mtimeMs };
      }),
    );
    let totalBytes = 0;
    for (const { path, size, mtimeMs } of files.sort((a, b) => b.mtimeMs - a.mtimeMs)) {
      const isArchive = path.endsWith(suffix);
      if (isArchive) totalBytes += size;
      const isSurplus = isArchive
        ? totalBytes > this.limitBytes && path !== newest
        : mtimeMs < Date.now() - partialAgeMs;
      if (isSurplus) await rm(path, { force: true });
    }
  }
}

/** Whether a file of the folder is newer than now, as after the clock was set back. */
async function isAheadOfClock(build: string, scratch: string): Promise<boolean> {
  const now = join(scratch, 'now');
  await writeFile(now, '');
  return (await readTool('find', [build, '-newer', now, '-print', '-quit'])) !== '';
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
