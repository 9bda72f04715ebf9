/**
 * Build folders of kernels, kept from one build to the next. For each object Kbuild records the options, the headers and
 * the command that it was made from (scripts/basic/fixdep.c of the kernel): the next kernel of the same source compiles
 * only what its configuration makes different. A folder serves the source, architecture and stage image it comes from; the
 * engine sees to it that what is there comes from builds of the same distribution.
 */
import { createHash } from 'node:crypto';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissingFile } from '../../src/missing-file.ts';
import { keptMarker } from '../../src/stages/contract.ts';
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

const suffix = '.tar.zst';

/** Build folders as archives. */
export class KeptTrees {
  /**
   * @param folders `before`: what an earlier run kept, which nobody writes into any more, or nothing; `next`: what this run
   * keeps, empty at its start
   */
  constructor(
    private readonly folders: { before: string; next: string },
    private readonly log: (line: string) => void,
  ) {}

  /** The name of the archive for a build folder of this origin. */
  async archive(origin: TreeOrigin, files: readonly string[] = imageFiles): Promise<string> {
    const image = await Promise.all(files.map((file) => sha256File(file)));
    const key = createHash('sha256').update(JSON.stringify([origin.arch, origin.sourceSha256, image]));
    return `${key.digest('hex')}${suffix}`;
  }

  /**
   * Unpacks what was kept into the empty folder `build`, and tells whether there was anything. What cannot be read is passed
   * over: a kernel can always be built from nothing.
   */
  async restore(name: string, build: string): Promise<boolean> {
    const archive = join(this.folders.before, name);
    try {
      // make(1) goes by dates: what is changed from now on has to be newer than everything that is kept.
      if ((await stat(archive)).mtimeMs >= Date.now() + 1) {
        this.log('the clock was set back since the last kernel was built: this one is built from scratch');
        return false;
      }
      const unpack = ['tar', '--extract', '--file=-', `--directory=${build}`, '--no-same-owner'] as const;
      await pipeTools([['zstd', '--quiet', '--decompress', '--stdout', archive], unpack]);
      return true;
    } catch (error) {
      if (isMissingFile(error)) return false;
      this.log(`what was kept of the last kernel cannot be read, and this one is built from scratch: ${said(error)}`);
      await rm(build, { recursive: true });
      await mkdir(build);
      return false;
    }
  }

  /** Keeps the build folder for the next kernel. It does not throw: this one is not the worse for it. */
  async keep(name: string, { build, scratch }: { build: string; scratch: string }): Promise<void> {
    const archive = join(this.folders.next, name);
    try {
      if (await isAheadOfClock(build, scratch)) return;
      // Dates to the nanosecond, which older formats of tar leave out.
      const pack = ['tar', '--create', '--file=-', '--format=posix', `--directory=${build}`] as const;
      const compress = ['zstd', '--quiet', '-1', '--threads=0', '-o', archive] as const;
      await pipeTools([[...pack, ...unkept.map((name) => `--exclude=${name}`), '.'], compress]);
      await writeFile(join(this.folders.next, keptMarker), 'complete\n');
    } catch (error) {
      this.log(`the build folder is not kept for the next kernel: ${said(error)}`);
      await rm(archive, { force: true });
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
