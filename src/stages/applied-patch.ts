/** A change of a kernel's source as stages get it: in its text, or as a file of the source store. */
import * as z from 'zod';
import { askedPatches, type KernelPatch, PatchFile, PatchText } from '../definition/kernel-patch.ts';

export const AppliedPatch = z.union([PatchText, PatchFile.omit({ url: true })]);
export type AppliedPatch = z.infer<typeof AppliedPatch>;

/** Without the address that a file came from: the same patch from elsewhere gives the same key. */
export function appliedPatches(patches: readonly KernelPatch[]): AppliedPatch[] {
  return askedPatches(patches).map((patch) =>
    'content' in patch ? patch : { name: patch.name, sha256: patch.sha256 },
  );
}
