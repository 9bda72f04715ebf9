/** What each machine makes at its first boot, such as its keys: it is in no image. */
import * as z from 'zod';
import { absolutePath, FileMode, ServiceName, slug } from './names.ts';

/** An account or a group, of the definition or of a package. */
const AccountName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/, 'must be the name of an account or a group');

/** Bounds of what is made at first boot: generous for every package that is known. */
export const maxMachineFiles = 100;
const maxFilesOfEntry = 20;
const maxMakeBytes = 64 << 10;

/** A regular expression with one group, matched line by line. */
const ValuePattern = z
  .string()
  .max(500)
  .refine((text) => groupsOf(text) === 1, 'must be a regular expression with exactly one group, the value itself');

function groupsOf(pattern: string): number | undefined {
  try {
    // With an empty alternative it matches anything, and the match has an element for each group.
    return (new RegExp(`${pattern}|`, 'm').exec('')?.length ?? 0) - 1;
  } catch {
    return undefined;
  }
}

const MachineFile = z.strictObject({
  path: absolutePath.describe('Where the file stands.'),
  owner: AccountName.optional().describe('Default: as the package has it, else root.'),
  group: AccountName.optional().describe('Default: as the package has it, else root.'),
  mode: FileMode.optional().describe('Octal mode, e.g. 0644. Default: as the package has it, else "0600".'),
  values: z
    .array(
      z.strictObject({
        pattern: ValuePattern.describe('A regular expression with one group: the value that is taken out of the file.'),
        placeholder: z
          .string()
          .regex(/^@[A-Z0-9_]{1,40}@$/, 'must be capitals between two @, such as @ID@')
          .describe('What stands in its place, for the script to fill in.'),
      }),
    )
    .max(20)
    .default([])
    .describe(
      'For a file of which only some values differ: they are taken out, and the script finds the rest of the file in its folder.',
    ),
});

export const PerMachine = z
  .strictObject({
    name: slug.describe('A name for the unit that makes the files: `ldf-first-boot-<name>.service`.'),
    files: z
      .array(MachineFile)
      .min(1)
      .max(maxFilesOfEntry)
      .describe('Files that belong together; when the first of them is missing at boot, all are made.'),
    make: z
      .string()
      .min(1)
      .max(maxMakeBytes)
      .describe(
        'Commands of sh, run as root in an empty folder: they leave each file there, under the last part of its path.',
      ),
    before: z
      .array(ServiceName)
      .max(20)
      .default([])
      .describe(
        'Services that start early (without default dependencies); all others start after the files are made anyway.',
      ),
  })
  .refine(({ files }) => new Set(files.map(({ path }) => path.slice(path.lastIndexOf('/')))).size === files.length, {
    path: ['files'],
    message: 'must not hold two files of the same name; make them in two entries',
  });
export type PerMachine = z.infer<typeof PerMachine>;
