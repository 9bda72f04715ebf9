/**
 * Entries of image.partitions. Their form alone is checked here: what of an entry, or of several, cannot be is told when the
 * definition is planned, with everything else that is wrong.
 */
import * as z from 'zod';
import { defaultComponents } from './defaults.ts';
import { PartitionSize } from './image-size.ts';
import { slug } from './names.ts';

/** A folder as fstab(5) takes it without anything to escape. */
export const MountPoint = z
  .string()
  .max(255)
  .regex(/^\/(?:[A-Za-z0-9._@+-]+(?:\/[A-Za-z0-9._@+-]+)*)?$/, 'must be an absolute path such as /home')
  .refine((path) => !path.split('/').some((part) => part === '..' || part === '.'), 'must not contain . or ..');

/** mount(8): one of the words between commas. */
export const MountOption = z
  .string()
  .max(255)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/@+=-]*$/, 'must be one mount option such as noatime or compress=zstd:3');

/** Every file system has room for it; FAT has for no more. */
export const PartitionLabel = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,11}$/, 'must be 1 to 11 letters, digits, hyphens or underscores');

export const mostMountOptions = 50;

export const ImagePartition = z.strictObject({
  mount: z
    .string()
    .max(255)
    .optional()
    .describe('The folder that it is mounted on, such as `/` or `/home`; what the root file system has there is in it.')
    .meta({ title: 'Mounted on' }),
  swap: z.boolean().optional().describe('Swap space: it is mounted nowhere.'),
  role: z
    .enum(['esp', 'boot'])
    .optional()
    .describe('The EFI system partition, or a partition for `/boot`; each is mounted where it belongs.'),
  filesystem: slug
    .optional()
    .describe(
      `A component of kind filesystem. Default: of \`/\` what \`filesystem\` says, of the EFI system partition FAT, and of every other ${defaultComponents.filesystem}.`,
    )
    .meta({ componentKind: 'filesystem', title: 'File system' }),
  size: PartitionSize.default('auto').describe(
    'Such as `512M` or `2GiB`; `20%` of `image.size`; or `auto`, which fits the content with room to spare.',
  ),
  grow: z
    .boolean()
    .optional()
    .describe(
      'It takes what `image.size` leaves over, and at boot partition and file system grow to the end of the disk. One may, and lies last on the disk.',
    ),
  label: PartitionLabel.optional().describe(
    'Of partition and file system. Default: the name of the folder, `root`, `ESP`, `boot` or `swap`.',
  ),
  readOnly: z.boolean().optional().describe('It is mounted so that nothing can be written to it.'),
  options: z
    .array(MountOption)
    .max(mostMountOptions)
    .optional()
    .describe('More options of mount(8), such as `noatime` or `nosuid`, each an item.'),
});
export type ImagePartition = z.infer<typeof ImagePartition>;
