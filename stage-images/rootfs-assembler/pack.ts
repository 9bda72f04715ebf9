/** The tree as one tar, the same bytes each time for the same tree. */
import { lstat, readdir, utimes } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { RootFs } from '../../parts/root-fs/root-fs.ts';
import type { StepProgress } from '../../parts/steps.ts';
import { runTool } from '../contract/tool.ts';

/** How many files the tree has and what they hold, hard links counted once. */
export interface TreeSum {
  contentBytes: number;
  files: number;
}

/** tar's checkpoints come every so many records of 10 KiB (tar manual, "Checkpoints"). */
const checkpointRecords = 500;

/** For tar(1). Labels of the machine that builds (security.selinux) must not come along. */
export const xattrsKept = ['--xattrs', '--xattrs-include=security.capability', '--xattrs-include=user.*'];

export async function packRootfs(root: RootFs, tar: string, progress: StepProgress): Promise<TreeSum> {
  const note = `packing ${basename(tar)}`;
  progress(0, note);
  const sum = await settleFolders(root.path, root.sourceDate);
  const onLine = (line: string) => {
    const records = Number(/^tar: checkpoint ([0-9]+)/.exec(line)?.[1]);
    if (Number.isNaN(records)) root.log(line);
    else progress((records * 10240) / Math.max(1, sum.contentBytes), note);
  };
  const args = [
    '--create',
    `--file=${tar}`,
    `--directory=${root.path}`,
    '--sort=name',
    // Packages' own dates stay; what was made here gets the date of the sources.
    `--mtime=@${root.sourceDate}`,
    '--clamp-mtime',
    '--numeric-owner',
    ...xattrsKept,
    '--format=posix',
    '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime',
    `--checkpoint=${checkpointRecords}`,
    '--checkpoint-action=echo=checkpoint %u',
    '.',
  ];
  await runTool('tar', args, { onLine });
  return sum;
}

/**
 * Gives every folder the date of the sources, because parallel extraction leaves them with whatever came last, and
 * counts on the way.
 */
async function settleFolders(path: string, date: number): Promise<TreeSum> {
  const sum = { contentBytes: 0, files: 0 };
  const seen = new Set<number>();
  const visit = async (folder: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries) {
      const full = join(folder, entry.name);
      if (entry.isDirectory()) {
        await visit(full);
        continue;
      }
      const found = await lstat(full);
      if (found.nlink > 1 && seen.has(found.ino)) continue;
      seen.add(found.ino);
      sum.files++;
      if (entry.isFile()) sum.contentBytes += found.size;
    }
    await utimes(folder, date, date);
  };
  await visit(path);
  return sum;
}
