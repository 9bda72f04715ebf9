/** The texts of patches, those of the source store verified against their hashes. */
import { readFile } from 'node:fs/promises';
import { storedFile } from '../../parts/sources/stored-file.ts';
import type { PatchText } from '../../src/definition/kernel-patch.ts';
import type { AppliedPatch } from '../../src/stages/applied-patch.ts';
import { StageFailure } from '../contract/failure.ts';

/**
 * @param store the source store: a file for each that the lock names, below `sha256`
 * @throws StageFailure `source.hash-mismatch` as `storedFile` does; `kernel.patch-failed` for a file that is no text
 */
export async function readPatches(patches: readonly AppliedPatch[], store: string): Promise<PatchText[]> {
  const read: PatchText[] = [];
  for (const [index, patch] of patches.entries()) {
    if ('content' in patch) read.push(patch);
    else {
      const { name, sha256 } = patch;
      const bytes = await readFile(await storedFile({ filename: name, sha256 }, store));
      read.push({ name, content: textOf(bytes, name, `/kernel/patches/${index}`) });
    }
  }
  return read;
}

/** Other bytes would not be the same in the patch that is applied and in the bill of materials. */
function textOf(bytes: Buffer, name: string, pointer: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const message = `${name} is no text in UTF-8`;
    const hint = 'Name the patch itself, not compressed, in UTF-8.';
    throw new StageFailure({
      ...{ code: 'kernel.patch-failed', message: `${message}.`, hint },
      details: [{ pointer, message, value: name, hint }],
    });
  }
}
