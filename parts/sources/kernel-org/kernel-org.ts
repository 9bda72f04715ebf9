/** A kernel's tree as kernel.org publishes it. */
import { definePart } from '../../part.ts';
import { archivedTree } from '../tree-archive.ts';
import { KernelOrgParams } from './params.ts';

export const kernelOrg = definePart(KernelOrgParams.partial(), () => archivedTree('/kernel/source'));
