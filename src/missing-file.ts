/** Telling a file that is not there from one that cannot be had. */

/** Whether a call of node:fs failed because there is nothing at its path. */
export function isMissingFile(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** For `catch`: nothing, where there is nothing. @throws the error, when it is another one. */
export function undefinedIfMissing(error: unknown): undefined {
  if (!isMissingFile(error)) throw error;
}
