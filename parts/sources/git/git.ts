/** A kernel's tree out of a repository, in an archive that was made of one commit. */
import { definePart } from '../../part.ts';
import { archivedTree } from '../tree-archive.ts';
import { GitParams } from './params.ts';

export const git = definePart(GitParams.partial(), () => archivedTree('/kernel/url'));
