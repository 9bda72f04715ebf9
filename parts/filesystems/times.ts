/** Times that a file system has no room for are refused, never changed. */
import { StageFailure } from '../../stage-images/contract/failure.ts';
import { type Entry, plainPath } from '../file-tree/file-tree.ts';

/**
 * @param last seconds since the epoch: the latest time that the file system can hold; the earliest is the epoch itself
 * @throws StageFailure `file-system.unfit` for the first entry with another
 */
export function refuseTimesBeyond(fileSystem: string, entries: readonly Entry[], last: number): void {
  for (const { path, mtime } of entries) {
    if (mtime >= 0 && mtime <= last) continue;
    throw new StageFailure({
      code: 'file-system.unfit',
      message: `${fileSystem} cannot hold /${plainPath(path)} as it is: its time is ${mtime} s from 1970, and times go from 0 to ${last}.`,
      hint: 'Give the file another time, or choose another file system.',
    });
  }
}
