/** A kernel's tree in an archive that was sent to the server, by its hash. */
import { definePart } from '../../part.ts';
import { archivedTree } from '../tree-archive.ts';
import { UploadParams } from './params.ts';

export const upload = definePart(UploadParams.partial(), () => archivedTree('/kernel/sha256'));
