/** A kernel's tree as kernel.org publishes it. */
import { definePart } from '../../part.ts';
import type { KernelSource } from '../source.ts';
import { unpackTreeArchive } from '../tree-archive.ts';
import { verifiedArchive } from '../verified-package.ts';
import { KernelOrgParams } from './params.ts';

/** What reads it is told of the file by the lock alone. */
export const kernelOrg = definePart(
  KernelOrgParams.partial(),
  (): KernelSource => ({
    verify: verifiedArchive,
    unpack: (file, unpacking) => unpackTreeArchive(file, unpacking, '/kernel/source'),
  }),
);
