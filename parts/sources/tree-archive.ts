/** A kernel's tree in an archive of its own, as kernel.org and forges publish it: `linux-6.12.40/Makefile`, or the tree alone. */
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { undefinedIfMissing } from '../../src/missing-file.ts';
import { StageFailure } from '../../stage-images/contract/failure.ts';
import { runTool } from '../../stage-images/contract/tool.ts';
import { whyUnsafe } from './safe-entries.ts';
import type { KernelSource, Unpacking, VerifiedFile } from './source.ts';
import { verifiedArchive } from './verified-package.ts';

/** What building a kernel never reads: Documentation but for its Kconfig file and Makefile, which the top level includes. */
const unneeded = ['--anchored', '--no-wildcards-match-slash', '--exclude=*/Documentation/*/*'];

/** Patterns, in which `*` matches slashes and nothing, too. */
const members = { kconfig: ['--wildcards', '*Kconfig*', '*scripts/*', '*Makefile'] } as const;

/** Entries of an archive of the kernel, without those that are left out; for how far it has come. */
const usualEntries = 85_000;

/** What to do where the archive is not what it should be. */
const ways = {
  unsafe: 'Use an archive whose entries all stay inside of it, as `git archive` and kernel.org make them.',
  tree: "Name an archive that holds the kernel's tree and nothing else: .tar.xz, .tar.gz, .tar.zst, .tar.bz2 or .tar.",
};

/**
 * A source whose tree is in an archive of its own: what reads it is told of the file by the lock alone.
 * @param pointer the place in the definition that names the archive
 */
export function archivedTree(pointer: string): KernelSource {
  return { verify: verifiedArchive, unpack: (file, unpacking) => unpackTreeArchive(file, unpacking, pointer) };
}

/**
 * Unpacks the tree into `folder`.
 * @param pointer the place in the definition that names the archive
 * @throws StageFailure `source.unsafe` for paths and links that lead out of the archive, and for devices;
 * `kernel.source-unusable` for what is no archive, or holds no kernel; `kernel.version-mismatch` for another version.
 */
export async function unpackTreeArchive(
  file: VerifiedFile,
  { folder, progress, only }: Unpacking,
  pointer: string,
): Promise<void> {
  const fail = (code: string, what: string, hint: string) => {
    const message = `${file.filename} ${what}`;
    return new StageFailure({
      ...{ code, message: `${message}.`, hint },
      details: [{ pointer, message, value: file.filename, hint }],
    });
  };
  const unpacked = `${folder}.archive`;
  await mkdir(unpacked);
  const said: string[] = [];
  let unsafe: string | undefined;
  let entries = 0;
  const onLine = (line: string) => {
    // tar's own words go to the same place as its list.
    if (line.startsWith('tar: ') || line.startsWith('xz: ') || line.startsWith('gzip: ')) said.push(line);
    unsafe ??= whyUnsafe(line);
    entries += 1;
    if (entries % 1000 === 0) progress(Math.min(0.99, entries / usualEntries));
  };
  // GNU tar tells the compression by the first bytes, and neither writes nor links outside of the folder.
  const args = ['--extract', `--file=${file.path}`, `--directory=${unpacked}`, '--verbose', '--verbose'];
  const owners = ['--numeric-owner', '--no-same-owner', '--quoting-style=escape'];
  const code = await runTool('tar', [...args, ...owners, ...(only ? members[only] : unneeded)], {
    okCodes: [0, 1, 2],
    onLine,
  });
  if (unsafe !== undefined) throw fail('source.unsafe', `is refused: ${unsafe}`, ways.unsafe);
  if (code !== 0)
    throw fail('kernel.source-unusable', `cannot be unpacked: ${said[0] ?? `tar exited with ${code}`}`, ways.tree);
  const tree = await treeIn(unpacked);
  const version = tree && versionIn(await readFile(join(tree, 'Makefile'), 'utf8'));
  if (!version) throw fail('kernel.source-unusable', 'holds no Linux kernel: its Makefile names no version', ways.tree);
  if (!fitsVersion(version, file.version)) {
    const hint = `Ask for version "${version.split('-')[0]}", or name the archive of ${file.version}.`;
    const message = `the archive holds Linux ${version}`;
    throw new StageFailure({
      code: 'kernel.version-mismatch',
      message: `${file.filename} holds Linux ${version}, and Linux ${file.version} is asked for.`,
      hint,
      details: [{ pointer: '/kernel/version', message, value: file.version, hint }],
    });
  }
  await rename(tree, folder);
  if (tree !== unpacked) await rm(unpacked, { recursive: true });
}

/** The folder with the Makefile: what was unpacked itself, or the one folder in it. */
async function treeIn(unpacked: string): Promise<string | undefined> {
  const names = await readdir(unpacked);
  if (names.includes('Makefile')) return unpacked;
  const [only, ...others] = names;
  if (only === undefined || others.length > 0) return undefined;
  const inside = await readdir(join(unpacked, only)).catch(undefinedIfMissing);
  return inside?.includes('Makefile') ? join(unpacked, only) : undefined;
}

/** As `make kernelversion` tells it: VERSION.PATCHLEVEL.SUBLEVEL with EXTRAVERSION, such as -rc3. */
export function versionIn(makefile: string): string | undefined {
  const value = (name: string) => new RegExp(`^${name}[ \\t]*=[ \\t]*(.*)$`, 'm').exec(makefile)?.[1]?.trim();
  const [version, level, sub, extra] = ['VERSION', 'PATCHLEVEL', 'SUBLEVEL', 'EXTRAVERSION'].map(value);
  if (!version || !/^[0-9]+$/.test(version) || !level) return undefined;
  return `${version}.${level}${sub ? `.${sub}` : ''}${extra ?? ''}`;
}

/** The first release of a series is its .0; a series takes any of its own. */
export function fitsVersion(found: string, wanted: string): boolean {
  const [release = ''] = found.split('-');
  return release === wanted || (/^[0-9]+\.[0-9]+$/.test(wanted) && release.startsWith(`${wanted}.`));
}
