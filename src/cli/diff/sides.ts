/** The two sides of `ldf diff`: a build, or a definition file with the lock beside it. */
import { isAbsolute } from 'node:path';
import type { Client } from '../../client/client.ts';
import type { Lock } from '../../stages/lock.ts';
import { readDefinitionFile, standardInput } from '../files/definition-file.ts';
import { lockPathOf, readLockFile } from '../files/lock-file.ts';
import { findBuild } from '../find-build.ts';
import type { Terminal } from '../terminal.ts';

export interface Side {
  /** What it is, for people. */
  title: string;
  /** With every default filled in. */
  definition: unknown;
  /** null while nothing has been resolved. */
  lock: Lock | null;
  /** The kernel options that a build asked for; null where that is not known. */
  kernelOptions: ReadonlyMap<string, string> | null;
}

/** Whether a word names a file: an id or a name of a distribution has neither a dot nor a slash. */
export function isFile(word: string): boolean {
  return word === standardInput || isAbsolute(word) || /[./]/.test(word);
}

/** @throws LdfError `usage`, `definition.invalid`, `lock.invalid` */
export async function sideOfFile(name: string, terminal: Terminal): Promise<Side> {
  const file = await readDefinitionFile(name, terminal);
  const lock = await readLockFile(lockPathOf(file, file.definition.arch), file.definition.arch);
  return { title: file.name, definition: file.definition, lock: lock ?? null, kernelOptions: null };
}

/** @throws LdfError `not-found` */
export async function sideOfBuild(reference: string, client: Client): Promise<Side> {
  const build = await findBuild(client, reference);
  const { definition, lock, kernelOptions } = await client.builds.inputs(build.id);
  const options = kernelOptions && new Map(kernelOptions.map(({ symbol, value }) => [symbol, value]));
  return { title: `build ${build.id} (${build.name} ${build.version})`, definition, lock, kernelOptions: options };
}
