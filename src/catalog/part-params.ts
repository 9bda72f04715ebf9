/** The parameters of every part, by kind and name: all that is known here of parts, and no code of theirs. */
import { bootLoaderParams } from '../../parts/bootloaders/params.ts';
import { fileSystemParams } from '../../parts/filesystems/params.ts';
import { formatParams } from '../../parts/formats/params.ts';

export const partParams = {
  bootloaders: bootLoaderParams,
  filesystems: fileSystemParams,
  formats: formatParams,
} as const;
export type PartKind = keyof typeof partParams;
