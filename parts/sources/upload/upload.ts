/** A kernel's tree in an archive that was sent to the server, by its hash. */
import { definePart } from '../../part.ts';
import type { KernelSource } from '../source.ts';
import { unpackTreeArchive } from '../tree-archive.ts';
import { verifiedArchive } from '../verified-package.ts';
import { UploadParams } from './params.ts';

/** What reads it is told of the file by the lock alone. */
export const upload = definePart(
  UploadParams.partial(),
  (): KernelSource => ({
    verify: verifiedArchive,
    unpack: (file, unpacking) => unpackTreeArchive(file, unpacking, '/kernel/sha256'),
  }),
);
