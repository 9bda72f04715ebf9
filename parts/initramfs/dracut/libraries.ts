/** What each program and library of a root file system is linked with: as ldd(1) would say, without running any of it. */
import { posix } from 'node:path';

/** What an ELF file says of itself (elf(5)). */
export interface ElfFile {
  /** Absolute, in the root file system. */
  path: string;
  /** Folders of its own to look for libraries in (DT_RUNPATH). */
  runPath: readonly string[];
  /** What the kernel starts it with (PT_INTERP); absent in a library. */
  interpreter: string | undefined;
  /** Names of libraries (DT_NEEDED). */
  needed: readonly string[];
}

/** How scanelf(1) of pax-utils is told to say that: a line each, `|` between the fields. */
export const scanFormat = '%F|%r|%i|%n';

/** @param printed with names of files that are relative to the root file system. Other lines have no such fields, and are left out. */
export function readScan(printed: string): ElfFile[] {
  return printed.split('\n').flatMap((line) => {
    const [file, runPath, interpreter, needed, ...more] = line.split('|');
    if (!file || runPath === undefined || interpreter === undefined || needed === undefined || more.length > 0)
      return [];
    const path = posix.join('/', file);
    return {
      path,
      runPath: words(runPath, ':').map((folder) => folder.replaceAll(/\$ORIGIN|\$\{ORIGIN\}/g, posix.dirname(path))),
      interpreter: interpreter || undefined,
      needed: words(needed, ','),
    };
  });
}

function words(text: string, separator: string): string[] {
  return text.split(separator).filter((word) => word !== '' && word !== '-');
}

/**
 * A line for each file: its path, and after tabs those of all libraries that it needs, each once, and of its interpreter.
 * @param resolve where a path leads to, links followed, in the root file system; undefined when there is no such file
 * @param folders where the loader looks (ld.so(8)), in this order
 */
export function libraryTable(
  files: readonly ElfFile[],
  folders: readonly string[],
  resolve: (path: string) => string | undefined,
): string {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const find = (name: string, { runPath }: ElfFile) =>
    [...runPath, ...folders].map((folder) => posix.join(folder, name)).find((path) => resolve(path) !== undefined);
  const collect = (file: ElfFile, found: Set<string>): Set<string> => {
    for (const name of file.needed) {
      const path = find(name, file);
      if (path === undefined || found.has(path)) continue;
      found.add(path);
      const library = byPath.get(resolve(path) ?? '');
      if (library) collect(library, found);
    }
    return found;
  };
  return files
    .map((file) => [file.path, ...collect(file, new Set()), ...(file.interpreter ? [file.interpreter] : [])].join('\t'))
    .map((line) => `${line}\n`)
    .join('');
}
