/** Telling a file that is not there from one that cannot be had. */

/** Whether a call of node:fs failed because there is nothing at its path. */
export function isMissingFile(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
