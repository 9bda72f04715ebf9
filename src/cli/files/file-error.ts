/** What the operating system says about a file, in a sentence. */
import { getSystemErrorMap } from 'node:util';
import { LdfError } from '../../errors.ts';

const hints: Readonly<Record<string, string>> = {
  ENOENT: 'Check the path.',
  EISDIR: 'Give a file, not a folder.',
  ENOTDIR: 'A part of the path is a file; give another folder.',
  EEXIST: 'Give another folder, or move what is in the way.',
  EACCES: 'Get permission to read and write there, or give another path.',
  EROFS: 'Give a path that can be written to.',
  ENOSPC: 'Free some space, or give a path on another disk.',
  EDQUOT: 'Free some space, or give a path on another disk.',
  EFBIG: 'Give a path on a file system that can hold files of this size.',
  EIO: 'The disk reports errors; give a path on another one.',
};

/** Whether an error is the file system's: not, say, a broken connection. */
export function isFileError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code in hints;
}

/** @param what the sentence without its reason and full stop, such as `distro.yaml cannot be read` */
export function fileError(error: unknown, what: string): LdfError {
  if (error instanceof LdfError) return error;
  const { code, errno } = systemError(error);
  const [, words] = getSystemErrorMap().get(errno) ?? [code, String(error)];
  const hint = hints[code];
  return new LdfError(code === 'ENOSPC' || code === 'EDQUOT' ? 'storage.full' : 'usage', `${what}: ${words}.`, {
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
}

function systemError(error: unknown): { code: string; errno: number } {
  if (error instanceof Error && 'code' in error && 'errno' in error)
    if (typeof error.code === 'string' && typeof error.errno === 'number')
      return { code: error.code, errno: error.errno };
  throw error;
}
