/** What imports what, read from the sources: folders and the files beside them are the boxes of docs/architecture.svg. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { isMissingFile } from '../../src/missing-file.ts';
import { root } from '../lib/command.mjs';

/** From one box to another, by an import or only by types. */
export interface Arrow {
  from: string;
  to: string;
}

/** Where sources are. */
const sources = ['src', 'stage-images', 'parts'];
/** Folders whose own folders are boxes of their own: there the interface is above, and implementations below. */
const split = ['src/runtime'];
/** Made by a tool, and not in the repository. */
const generated = 'src/store/generated';

export interface Imports {
  /** Paths of folders, and of files that lie beside them, in the order of the alphabet. */
  boxes: string[];
  /** Without those to what everybody may import. */
  arrows: Arrow[];
  /** Files directly in src that import no folder: small things that everybody may import. */
  basics: string[];
}

/** Reads the sources of `folder`, the repository's own by default. */
export function readImports(folder = root): Imports {
  const files = sources.flatMap((name) => sourceFiles(folder, name));
  const imports = new Map(files.map((file) => [file, importsOf(folder, file)]));
  const basics = basicsOf(imports);
  const boxes = new Set<string>();
  const arrows = new Map<string, Arrow>();
  for (const [file, targets] of imports) {
    if (basics.has(file)) continue;
    const from = boxOf(file);
    boxes.add(from);
    for (const target of targets) {
      const to = boxOf(target);
      if (to !== from && imports.has(target) && !basics.has(target)) arrows.set(`${from} ${to}`, { from, to });
    }
  }
  return {
    boxes: [...boxes].sort(),
    arrows: [...arrows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, arrow]) => arrow),
    basics: [...basics].sort(),
  };
}

function sourceFiles(folder: string, name: string): string[] {
  const found: string[] = [];
  for (const entry of listed(join(folder, name))) {
    const path = `${name}/${entry.name}`;
    if (entry.isDirectory() && path !== generated) found.push(...sourceFiles(folder, path));
    if (entry.isFile() && /\.tsx?$/.test(path) && !/\.(test|config)\.ts$/.test(path)) found.push(path);
  }
  return found.sort();
}

/** Not all of `sources` need be there. */
function listed(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (isMissingFile(error)) return [];
    throw error;
  }
}

/** What a file imports by a relative path, types included, as paths from `folder`. */
function importsOf(folder: string, file: string): string[] {
  const path = join(folder, file);
  return ts
    .preProcessFile(readFileSync(path, 'utf8'))
    .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => relative(folder, resolve(dirname(path), fileName)));
}

function basicsOf(imports: ReadonlyMap<string, readonly string[]>): Set<string> {
  const basics = new Set([...imports.keys()].filter((file) => /^src\/[^/]+$/.test(file)));
  for (let before = -1; before !== basics.size; ) {
    before = basics.size;
    for (const file of basics)
      if (imports.get(file)?.some((target) => imports.has(target) && !basics.has(target))) basics.delete(file);
  }
  return basics;
}

/** The box that a file is drawn in: its folder at the first or, in `split`, the second level. */
export function boxOf(file: string): string {
  const parts = file.split('/');
  const depth = split.some((folder) => file.startsWith(`${folder}/`)) ? 3 : 2;
  // What all parts have in common is one box.
  if (parts.length === 2 && parts[0] === 'parts') return 'parts';
  return parts.length > depth
    ? parts.slice(0, depth).join('/')
    : parts.length === 2
      ? file
      : parts.slice(0, -1).join('/');
}
