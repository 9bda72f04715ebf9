/** The lock beside a definition: `distro.lock` for `distro.yaml`. JSON, indented, so that a diff shows what moved. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Architecture, Definition } from '../../definition/definition.ts';
import { parseWith, readYaml } from '../../definition/parse.ts';
import { LdfError } from '../../errors.ts';
import { isMissingFile } from '../../missing-file.ts';
import { Lock } from '../../stages/lock.ts';
import { writeAtomically } from '../../write-atomically.ts';
import { fileError } from './file-error.ts';

/**
 * Where the lock of a definition stands. A lock holds one architecture: the definition's own has the plain name, another
 * one that was asked for (`--arch`) has it in its name. A definition from standard input has none.
 */
export function lockPathOf(
  file: { path: string | undefined; definition: Pick<Definition, 'arch'> },
  arch: Architecture,
): string | undefined {
  if (file.path === undefined) return undefined;
  const stem = file.path.replace(/\.(ya?ml|json)$/i, '');
  return arch === file.definition.arch ? `${stem}.lock` : `${stem}.${arch}.lock`;
}

/** undefined when there is none. @throws LdfError `lock.invalid` when it is malformed or for another architecture. */
export async function readLockFile(path: string | undefined, arch: Architecture): Promise<Lock | undefined> {
  if (path === undefined) return undefined;
  const name = basename(path);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isMissingFile(error)) return undefined;
    throw fileError(error, `The lock ${name} cannot be read`);
  });
  if (text === undefined) return undefined;
  const lock = parseWith(Lock, readYaml(text, 'lock.invalid'), 'lock.invalid', `The lock ${name}`);
  if (lock.arch !== arch)
    throw new LdfError('lock.invalid', `The lock ${name} is for ${lock.arch}, the definition for ${arch}.`, {
      hint: `Remove or rename ${name}; it is written again.`,
    });
  return lock;
}

/** Writes the lock unless the file already says the same. @returns whether it was written. */
export async function writeLockFile(path: string, before: Lock | undefined, lock: Lock): Promise<boolean> {
  if (isDeepStrictEqual(before, lock)) return false;
  await writeAtomically(path, `${JSON.stringify(lock, null, 2)}\n`).catch((error: unknown) => {
    throw fileError(error, `The lock ${basename(path)} cannot be written`);
  });
  return true;
}
