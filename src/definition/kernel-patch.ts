/** Changes of a kernel's source: each in its text, or a file at an address. */
import * as z from 'zod';
import { fileName } from './names.ts';
import { Sha256 } from './sha256.ts';
import { FileAddress, lastPartOf } from './web-address.ts';

export const mostPatches = 500;

/** Of one patch. */
export const mostPatchBytes = 4 << 20;

/** What messages call a patch: a file's own name, which the command line takes from its path. */
const PatchName = fileName('0001-fix.patch');

/** A change in its text. */
export const PatchText = z.strictObject({ name: PatchName, content: z.string().min(1).max(mostPatchBytes) });
export type PatchText = z.infer<typeof PatchText>;

/** One that is fetched. */
export const PatchFile = z.strictObject({ name: PatchName, url: FileAddress, sha256: Sha256 });
export type PatchFile = z.infer<typeof PatchFile>;

/** As a definition has it: one mapping for both, which a form can show. */
export const KernelPatch = z
  .strictObject({
    name: PatchName.optional().describe(
      'A file name, by which messages and the bill of materials tell of it. Default: the last part of `url`.',
    ),
    content: PatchText.shape.content
      .optional()
      .describe(
        'The text of the patch, as `git format-patch` and `diff -u` write it; its paths start with `a/` and `b/`.',
      )
      .meta({ input: 'file' }),
    url: FileAddress.optional()
      .describe('In place of `content`: the address (https or http) of a file with it.')
      .meta({ title: 'Address' }),
    sha256: Sha256.optional()
      .describe('The sha256 of the file at `url`: another file fails the build.')
      .meta({ title: 'SHA-256' }),
  })
  .superRefine((patch, context) => {
    const refuse = (key: keyof typeof patch, message: string) =>
      context.addIssue({ code: 'custom', path: [key], message, input: patch[key] });
    if (patch.content !== undefined) {
      if (patch.name === undefined) refuse('name', 'is missing: give the patch a file name such as 0001-fix.patch');
      if (patch.url !== undefined) refuse('url', 'is given beside content; keep one of the two');
      if (patch.sha256 !== undefined) refuse('sha256', 'is for a patch that is fetched; leave it out');
    } else if (patch.url === undefined) {
      refuse('content', 'is missing: give the text of the patch, or url and sha256 of a file with it');
    } else {
      if (patch.sha256 === undefined) refuse('sha256', 'is missing: give the sha256 of the file at url');
      if (!PatchName.safeParse(nameOfPatch(patch)).success)
        refuse('name', 'is missing, and the last part of url is no file name such as 0001-fix.patch');
    }
  });
export type KernelPatch = z.infer<typeof KernelPatch>;

/** Its own name, or that of its file. */
export function nameOfPatch({ name, url = '' }: Pick<KernelPatch, 'name' | 'url'>): string {
  return name ?? (URL.canParse(url) ? lastPartOf(url) : '');
}

/** Each as the text that it has, or as the file that it is in. */
export function askedPatches(patches: readonly KernelPatch[]): (PatchText | PatchFile)[] {
  return patches.map((patch) => {
    const name = nameOfPatch(patch);
    const { content, url, sha256 } = patch;
    if (content !== undefined) return { name, content };
    // What has neither is refused when the definition is read.
    return PatchFile.parse({ name, url, sha256 });
  });
}
