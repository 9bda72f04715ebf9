/** A kernel's tree out of a repository, in an archive that was made of one commit. */
import { definePart } from '../../part.ts';
import type { KernelSource } from '../source.ts';
import { unpackTreeArchive } from '../tree-archive.ts';
import { verifiedArchive } from '../verified-package.ts';
import { GitParams } from './params.ts';

/** What reads it is told of the file by the lock alone. */
export const git = definePart(
  GitParams.partial(),
  (): KernelSource => ({
    verify: verifiedArchive,
    unpack: (file, unpacking) => unpackTreeArchive(file, unpacking, '/kernel/url'),
  }),
);
