/** A kernel's tree in an archive that is at any address, by its hash. */
import { definePart } from '../../part.ts';
import { archivedTree } from '../tree-archive.ts';
import { UrlParams } from './params.ts';

export const url = definePart(UrlParams.partial(), () => archivedTree('/kernel/url'));
