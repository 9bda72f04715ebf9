/**
 * grub-mkimage(1) is the packager's own and runs here; the modules that it links are of the locked package for the image's
 * architecture. Each file that goes in is asked for by name, so that the SBOM has them.
 */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BootTools } from '../boot-loader.ts';

export interface GrubImage {
  /** GRUB's name of architecture and firmware, such as x86_64-efi; also the folder of its modules. */
  target: string;
  /** What is made for that firmware, by grub-mkimage(1), where it goes by another name than the target. */
  format?: string;
  /** Of the file that is made. */
  name: string;
  /** Where its menu is: a folder of the partition that it was started from. */
  prefix: string;
  /** Modules beside those that every image has. */
  modules: readonly string[];
  /** Files of the folder that are linked in beside modules. */
  parts?: readonly string[];
  /** Commands that are run before there is a menu. */
  early?: string;
}

/** A GPT with FAT in it, a menu on screen and serial line, Linux, and what one needs to look around when that fails. */
const everywhere = [
  ...['part_gpt', 'part_msdos', 'fat', 'normal', 'configfile', 'test', 'linux', 'all_video'],
  ...['terminal', 'serial', 'echo', 'ls', 'cat', 'search', 'search_fs_file', 'reboot', 'halt'],
];

/** Makes the program. @returns its path below `work` @throws StageFailure `boot.file-missing` */
export async function makeGrubImage(image: GrubImage, { work, bootFile, run }: BootTools): Promise<string> {
  const { target, format = target, name, prefix, parts = [], early } = image;
  const fileOf = (file: string) => bootFile(`/usr/lib/grub/${target}/${file}`);
  const table = await fileOf('moddep.lst');
  const modules = [...everywhere, ...image.modules];
  const linked = withDependencies(modules, await readFile(table, 'utf8'));
  await Promise.all([...parts, 'kernel.img', ...linked.map((module) => `${module}.mod`)].map(fileOf));
  const made = join(work, name);
  await run('grub-mkimage', [
    ...[`--directory=${dirname(table)}`, `--format=${format}`, `--prefix=${prefix}`, `--output=${made}`],
    ...(early === undefined ? [] : [`--config=${early}`]),
    ...modules,
  ]);
  return made;
}

/** All modules that these come to, sorted. @param table moddep.lst: a line for each, with those that it needs */
export function withDependencies(modules: readonly string[], table: string): string[] {
  const needs = new Map(
    table.split('\n').map((line): [string, string[]] => {
      const [module = '', rest = ''] = line.split(':', 2);
      return [module, rest.split(' ').filter(Boolean)];
    }),
  );
  const all = new Set(modules);
  // The set grows while it is walked.
  for (const module of all) for (const needed of needs.get(module) ?? []) all.add(needed);
  return [...all].sort();
}
