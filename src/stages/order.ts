/** What each stage waits for; more than its inputs, since the sources must be there first. */
import type { StageName } from './names.ts';

export const stageAfter: Readonly<Record<StageName, readonly StageName[]>> = {
  resolve: [],
  download: ['resolve'],
  prepare: ['download'],
  compile: ['prepare'],
  assemble: ['download'],
  package: ['compile', 'assemble'],
  boot: ['package'],
};
