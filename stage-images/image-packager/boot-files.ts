/** The files of the ESP: those of the boot entry, and the boot loader's own. */

import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PackageParams } from '../../src/stages/package/contract.ts';
import { StageFailure } from '../contract/failure.ts';
import { type BootFacts, type EspFile, entryWriters } from './boot-entries.ts';
import type { StagedFile } from './filler.ts';

/** Brings every file of the ESP onto disk, texts below `work`, sorted by path. @throws StageFailure `boot.file-invalid`. */
export async function stageBootFiles(
  boot: PackageParams['boot'],
  facts: BootFacts,
  work: string,
): Promise<StagedFile[]> {
  await mkdir(work, { recursive: true });
  const planned = [...entryWriters[boot.entries](facts), ...boot.esp.map((file) => fillTemplate(file, facts))];
  refuseDoubles(planned);
  const staged = await Promise.all(planned.map((file, index) => stage(file, join(work, String(index)))));
  return staged.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Fills in {{title}}, {{release}} and {{cmdline}}. @throws StageFailure for any other name. */
function fillTemplate(file: EspFile, { title, release, cmdline }: BootFacts): EspFile {
  if ('copy' in file) return file;
  const values = new Map(Object.entries({ title, release, cmdline }));
  const content = file.content.replace(/\{\{([^{}]*)\}\}/g, (_, name: string) => {
    const value = values.get(name);
    if (value === undefined) throw invalid(file.path, `has {{${name}}}; known are ${[...values.keys()].join(', ')}`);
    return value;
  });
  return { path: file.path, content };
}

/** What every FAT driver and mtools (to which [ and * are patterns) take as it is; it neither begins nor ends with a dot. */
const fatName = /^[\w+~@=,-]+(?:[. ]+[\w+~@=,-]+)*$/;

async function stage(file: EspFile, target: string): Promise<StagedFile> {
  const { path } = file;
  if (!path.split('/').every((part) => fatName.test(part)))
    throw invalid(path, 'is no relative path of letters, digits, inner dots and spaces, and _ + ~ @ = , -');
  if ('copy' in file) {
    const { size } = await statSource(path, file.copy);
    return { path, source: file.copy, sizeBytes: size };
  }
  await writeFile(target, file.content);
  return { path, source: target, sizeBytes: Buffer.byteLength(file.content) };
}

async function statSource(path: string, source: string): Promise<{ size: number }> {
  try {
    return await stat(source);
  } catch (cause) {
    throw invalid(path, `is to be copied from ${source}, which cannot be read in the image-packager`, cause);
  }
}

/** FAT does not tell A from a. */
function refuseDoubles(files: readonly EspFile[]): void {
  const seen = new Set<string>();
  for (const { path } of files) {
    const folded = path.toLowerCase();
    if (seen.has(folded)) throw invalid(path, 'is written twice (FAT ignores case)');
    seen.add(folded);
  }
}

function invalid(path: string, why: string, cause?: unknown): StageFailure {
  return new StageFailure({
    code: 'boot.file-invalid',
    message: `The file ${path} of the EFI system partition ${why}${cause instanceof Error ? ` (${cause.message})` : ''}.`,
    hint: 'Correct the boot loader component that adds the file.',
  });
}
