/** Which artifact signs which. Pure. */
import type { Artifact } from '../../../../model/artifact.ts';
import { signatureExtension } from '../../../../signatures/names.ts';

/** The signature of a file; undefined where it has none. */
export function signatureOf(name: string, all: readonly Artifact[]): Artifact | undefined {
  return all.find((artifact) => artifact.kind === 'signature' && artifact.name === `${name}${signatureExtension}`);
}

/** All but signatures of single files, which stand beside those. */
export function listed(all: readonly Artifact[]): Artifact[] {
  const names = new Set(all.map(({ name }) => `${name}${signatureExtension}`));
  return all.filter(({ kind, name }) => kind !== 'signature' || !names.has(name));
}
