/** What of the file is not in the definition: its size, and that it is there. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { undefinedIfMissing } from '../../../src/missing-file.ts';
import { definePart } from '../../part.ts';
import type { SourceResolver } from '../source.ts';
import { storedFile } from '../stored-file.ts';
import { notUploaded } from './maker.ts';
import { UploadParams } from './params.ts';

export const uploadResolver = definePart(UploadParams, ({ sha256 }): SourceResolver => {
  const filename = `upload-${sha256.slice(0, 12)}`;
  return {
    asks: 'the archive in the source store',
    async resolve({ sources }, { wishesSha256, version }, previous) {
      const file = await stat(join(sources, 'sha256', sha256)).catch(undefinedIfMissing);
      if (!file) throw notUploaded(sha256);
      await storedFile({ filename, sha256 }, sources);
      const known = previous?.sources.some((source) => source.sha256 === sha256);
      const source = {
        // No server has it (RFC 6761, 6.4).
        url: `https://upload.invalid/sha256/${sha256}`,
        madeBy: { use: 'upload', params: { sha256 } },
        ...{ sha256, sizeBytes: file.size, filename, name: 'linux', version },
      };
      const sourceDate = known && previous ? previous.sourceDate : Math.floor(file.mtimeMs / 1000);
      return { wishesSha256, sourceDate, version, sources: [source] };
    },
    finished: () => undefined,
  };
});
