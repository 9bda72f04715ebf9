import * as z from 'zod';

export const mostPatches = 500;

/** What messages call a patch: a file's own name, which the command line takes from its path. */
const PatchName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._+~-]{0,127}$/, 'must be a file name such as 0001-fix.patch');

/** A change of the kernel's source, in its text. */
export const KernelPatch = z.strictObject({
  name: PatchName.describe('A file name, by which messages and the bill of materials tell of it.'),
  content: z
    .string()
    .min(1)
    .max(4 << 20)
    .describe(
      'The text of the patch, as `git format-patch` and `diff -u` write it; its paths start with `a/` and `b/`.',
    )
    .meta({ input: 'file' }),
});
export type KernelPatch = z.infer<typeof KernelPatch>;
