/** Where the files are that come with the program. */
import { fileURLToPath } from 'node:url';

/** A path of this package, from the sources (src/) and from the bundle (dist/) alike. */
export function ofPackage(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}
