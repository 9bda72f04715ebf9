/** Artifacts say what they are; layers of a time when they did not are still read. */
import { expect, it } from 'vitest';
import { formats } from '../../../parts/formats/index.ts';
import { asWritten } from '../../../parts/formats/packed.ts';
import { ArtifactFacts } from '../../../src/stages/artifact-facts.ts';
import { PackageData } from '../../../src/stages/package/data.ts';
import { earlierFacts } from '../../../src/stages/package/earlier-artifacts.ts';
import { documents } from '../../../stage-images/image-packager/artifacts.ts';

const rest = { initramfs: false, diskBytes: 1 };
const read = (artifact: unknown) => PackageData.parse({ artifacts: [artifact], ...rest }).artifacts[0];

it('what an earlier version left is what the same format says of itself today', () => {
  for (const [use, compression] of [
    ['raw', 'none'],
    ['raw', 'zstd'],
    ['qcow2', 'none'],
  ] as const) {
    const { extension, mediaType, disk, sparse, bootable, qemu } = asWritten(formats[use].make({})(compression));
    const today = { kind: 'image', format: extension, mediaType, disk, sparse, bootable, qemu, path: 'x' };
    expect(read({ path: 'x', format: extension, bootable: true })).toEqual(today);
    expect(read(today)).toEqual(today);
  }
  for (const document of [documents.sbom, documents.checksums])
    expect(read({ path: 'x', format: document.format, bootable: false })).toEqual({ ...document, path: 'x' });
});

it('a format that nobody has heard of needs nothing but its facts', () => {
  const vmdk = {
    ...{ path: 'x.vmdk', kind: 'image', format: 'vmdk', mediaType: 'application/x-vmdk', disk: 'whole', sparse: false },
    ...{ bootable: true, qemu: { driver: 'vmdk', packed: null } },
  };
  expect(read(vmdk)).toEqual(vmdk);
  expect(() => read({ path: 'x.vmdk', format: 'vmdk', bootable: true })).toThrow();
  expect(() => earlierFacts('vmdk')).toThrow(/nothing is known of the format "vmdk"/);
});

it('facts are bounded', () => {
  const facts = earlierFacts('raw');
  expect(ArtifactFacts.safeParse({ ...facts, format: 'Raw Disk' }).success).toBe(false);
  expect(ArtifactFacts.safeParse({ ...facts, mediaType: 'text/html\r\nX: y' }).success).toBe(false);
  expect(ArtifactFacts.safeParse({ ...facts, more: 1 }).success).toBe(false);
});
