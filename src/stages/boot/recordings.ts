/** What a boot leaves to look at, as artifacts. */
import type { ArtifactFacts } from '../artifact-facts.ts';

const recording = { kind: 'recording', disk: null, sparse: false, bootable: false } as const;

export const consoleFacts: ArtifactFacts = { ...recording, format: 'console', mediaType: 'text/plain; charset=utf-8' };
export const screenFacts: ArtifactFacts = { ...recording, format: 'screen', mediaType: 'image/png' };
