/**
 * SELinux: each file has a security context, which the policy's own table gives by path and kind (file_contexts(5)). libselinux
 * looks them up, for a system that does not run, on one that need not have SELinux: matchpathcon(8).
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import { readTool, runTool } from '../../../stage-images/contract/tool.ts';
import { type EntryKind, type FileTree, plainPath } from '../../file-tree/file-tree.ts';
import { definePart } from '../../part.ts';
import type { Labeller, Labels, NamedFile } from '../labels.ts';
import { SelinuxParams } from './params.ts';

export const selinux = definePart(
  SelinuxParams,
  ({ policy }): Labels => ({ open: (root, work) => open(root, work, policy) }),
);

/** The table and what belongs to it: home directories, what this machine says, and paths that stand for others. */
const tableSuffixes = ['', '.homedirs', '.local', '.subs', '.subs_dist'];

/** The policy gives no label to the folder that the kernel's own file system is mounted on; it is looked at before it is. */
const unmounted: Readonly<Record<string, string>> = { '/proc': 'system_u:object_r:proc_t:s0' };

/** matchpathcon(8), -m. */
const types = {
  file: 'file',
  folder: 'dir',
  symlink: 'lnk_file',
  'character-device': 'chr_file',
  'block-device': 'blk_file',
  fifo: 'pipe',
} as const satisfies Record<Exclude<EntryKind, 'hardlink'>, string>;

/** How many bytes of paths one run is given; Linux takes 2 MiB (execve(2)). */
const mostPathBytes = 512 << 10;
const noLabel = '<<none>>';

async function open(root: FileTree, work: string, policy: string): Promise<Labeller> {
  const table = `etc/selinux/${policy}/contexts/files/file_contexts`;
  const wanted = new Set(tableSuffixes.map((suffix) => table + suffix));
  const found = (await root.entries()).filter(({ kind, path }) => kind === 'file' && wanted.has(plainPath(path)));
  if (!found.some(({ path }) => plainPath(path) === table))
    throw new StageFailure({
      code: 'labels.missing',
      message: `Files are to be labelled by the SELinux policy ${policy}, and no package of the image brings /${table}.`,
      hint: 'Add the package of that policy to userland.packages, such as selinux-policy-default, or leave SELinux out of security.',
    });
  await mkdir(work, { recursive: true });
  await runTool('tar', [
    ...['--extract', `--file=${await root.archive()}`, `--directory=${work}`],
    ...['--no-same-owner', '--anchored', '--no-wildcards', ...found.map(({ path }) => path)],
  ]);
  return { attribute: 'security.selinux', labelsOf: (files) => labelsOf(files, join(work, table)) };
}

async function labelsOf(files: readonly NamedFile[], table: string): Promise<(Buffer | undefined)[]> {
  const contexts = new Map<NamedFile, string>();
  const runs = batches(files).map(async ({ type, batch }) => {
    const paths = batch.map(({ path }) => path);
    const found = (await readTool('matchpathcon', ['-n', '-N', '-f', table, '-m', type, ...paths])).split('\n');
    if (found.length !== batch.length)
      throw new Error(`matchpathcon told ${found.length} labels of ${batch.length} files`);
    for (const [index, file] of batch.entries()) contexts.set(file, found[index] ?? noLabel);
  });
  await Promise.all(runs);
  return files.map((file) => {
    const context = contexts.get(file) ?? noLabel;
    const label = context === noLabel ? unmounted[file.path] : context;
    // As the kernel writes it: a string of C.
    return label === undefined ? undefined : Buffer.from(`${label}\0`);
  });
}

/** Files of one kind whose paths one run can be given. A hard link has the label of the file that it is another name of. */
export function batches(files: readonly NamedFile[]): { type: string; batch: NamedFile[] }[] {
  const runs: { type: string; batch: NamedFile[]; bytes: number }[] = [];
  const open = new Map<string, (typeof runs)[number]>();
  for (const file of files) {
    if (file.kind === 'hardlink') continue;
    const type = types[file.kind];
    const bytes = Buffer.byteLength(file.path) + 1;
    let run = open.get(type);
    if (!run || run.bytes + bytes > mostPathBytes) {
      run = { type, batch: [], bytes: 0 };
      open.set(type, run);
      runs.push(run);
    }
    run.batch.push(file);
    run.bytes += bytes;
  }
  return runs;
}
