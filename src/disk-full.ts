/** Telling a full disk from other problems, wherever it is met. */
import { LdfError } from './errors.ts';

/** ENOSPC and EDQUOT of errno(3), and what SQLite makes of them (https://sqlite.org/rescode.html#full). */
const codes: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'SQLITE_FULL'];
/** Prisma gives the driver's error as words alone. */
const words = /SQLITE_FULL|database or disk is full/;

/** Whether something failed because a disk of this machine, or a quota on it, is full. */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof LdfError) return error.code === 'storage.full';
  if ('code' in error && codes.includes(error.code)) return true;
  return words.test(error.message) || isDiskFull(error.cause);
}

/**
 * The error to tell of one that `isDiskFull` knows.
 * @param what what there is no space for: `the journal of the build`
 */
export function diskFull(what: string, cause: unknown): LdfError {
  if (cause instanceof LdfError) return cause;
  return new LdfError('storage.full', `There is no space left for ${what}.`, {
    hint: 'Make room on the disk of the data folder (`ldf gc --free 1G` removes what no build needs), then try again.',
    cause,
  });
}
