/** download: fills the source store with what a lock names. */
import * as z from 'zod';
import type { StageContract } from '../contract.ts';
import { SourceDate } from '../source-date.ts';
import { SourceFile } from '../source-file.ts';

/** A file, and the place in the definition that names it, where one does. */
export const WantedFile = SourceFile.extend({ pointer: z.string().max(256).optional() });
export type WantedFile = z.infer<typeof WantedFile>;

export const DownloadParams = z.strictObject({
  sources: z.array(WantedFile),
  /** When the groups of the lock were resolved: what an archive of snapshots is asked for. */
  dates: z.array(SourceDate).max(3).optional(),
});
export type DownloadParams = z.infer<typeof DownloadParams>;
export const DownloadData = z.strictObject({
  fetched: z.int().nonnegative(),
  fetchedBytes: z.int().nonnegative(),
  present: z.int().nonnegative(),
});
export type DownloadData = z.infer<typeof DownloadData>;

export const downloadContract = {
  stage: 'download',
  params: DownloadParams,
  data: DownloadData,
} as const satisfies StageContract;
