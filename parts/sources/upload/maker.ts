/** Stands where others make or fetch a file: this one has to be sent. */
import * as z from 'zod';
import { Sha256 } from '../../../src/definition/sha256.ts';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import { definePart } from '../../part.ts';
import type { SourceMaker } from '../source.ts';

export const uploadMaker = definePart(
  z.strictObject({ sha256: Sha256 }),
  ({ sha256 }): SourceMaker => ({
    make: () => Promise.reject(notUploaded(sha256)),
  }),
);

export function notUploaded(sha256: string): StageFailure {
  const message = `The source store has no file with the sha256 ${sha256}`;
  const hint =
    'Upload the archive with `ldf sources add FILE`, or POST it to /v1/sources; then start the build again. What no build has used for long may have been removed to free disk space.';
  return new StageFailure({
    ...{ code: 'source.not-uploaded', message: `${message}.`, hint, retry: 'same' },
    details: [{ pointer: '/kernel/sha256', message, value: sha256, hint }],
  });
}
