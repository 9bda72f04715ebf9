/** What makes files of the lock that no server has as they are, by the name that the lock has under `madeBy`. */
import type { Part } from '../part.ts';
import { gitMaker } from './git/maker.ts';
import type { SourceMaker } from './source.ts';
import { uploadMaker } from './upload/maker.ts';

export const sourceMakers: Readonly<Record<string, Part<SourceMaker>>> = {
  git: gitMaker,
  upload: uploadMaker,
};
