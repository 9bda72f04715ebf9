import { expect, it } from 'vitest';
import type { Artifact } from '../../../src/model/artifact.ts';
import { listed, signatureOf } from '../../../src/webui/views/build/outputs/signatures.ts';

const artifact = (name: string, kind: Artifact['kind']): Artifact => ({
  ...{ id: name, name, kind, format: 'x', mediaType: 'text/plain', disk: null, sparse: false, bootable: false },
  ...{ sizeBytes: 1, sha256: 'a'.repeat(64), verdict: null },
});

it('a signature stands beside its file, and the provenance by itself', () => {
  const all = [
    artifact('a.raw', 'image'),
    artifact('SHA256SUMS', 'document'),
    artifact('a.raw.minisig', 'signature'),
    artifact('a.intoto.json', 'signature'),
  ];
  expect(listed(all).map(({ name }) => name)).toEqual(['a.raw', 'SHA256SUMS', 'a.intoto.json']);
  expect(signatureOf('a.raw', all)?.name).toBe('a.raw.minisig');
  expect(signatureOf('SHA256SUMS', all)).toBeUndefined();
  // A file of that name which is no signature counts for none.
  expect(signatureOf('a', [artifact('a', 'image'), artifact('a.minisig', 'document')])).toBeUndefined();
});
