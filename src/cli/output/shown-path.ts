import { relative } from 'node:path';

/** How a path is shown: relative to the working folder where it lies below it, else absolute. */
export function shownPath(cwd: string, path: string): string {
  const short = relative(cwd, path);
  return short === '' || short.startsWith('..') ? path : short;
}
