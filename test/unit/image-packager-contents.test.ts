import { describe, expect, test } from 'vitest';
import type { PackageParams } from '../../src/stages/package/contract.ts';
import { deriveFatVolumeId, deriveUuid } from '../../stage-images/contract/derive.ts';
import { checksumLines } from '../../stage-images/image-packager/artifacts.ts';
import { fillerOf, type Partition } from '../../stage-images/image-packager/filler.ts';
import { imageArtifacts } from '../../stage-images/image-packager/formats.ts';
import { MiB } from '../../stage-images/image-packager/layout.ts';
import { partitionScript } from '../../stage-images/image-packager/partition-table.ts';
import { parseTarListing } from '../../stage-images/image-packager/root-tree.ts';
import { packageUrl, writeSbom } from '../../stage-images/image-packager/sbom.ts';

const key = 'ab'.repeat(32);
const root: Partition = {
  role: 'root',
  label: 'root',
  typeGuid: '4f68bce3-e8cd-4db1-96e7-fbcaf984b709',
  fileSystem: 'ext4',
  size: 'auto',
};

describe('derived identifiers', () => {
  test('are UUIDs of version 8, the same for the same key, role and label', () => {
    const uuid = deriveUuid(key, 'partition', 'root');
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(deriveUuid(key, 'partition', 'root')).toBe(uuid);
  });

  test('differ by key, by role and by label, and do not mix the two', () => {
    const all = [
      deriveUuid(key, 'partition', 'root'),
      deriveUuid('cd'.repeat(32), 'partition', 'root'),
      deriveUuid(key, 'disk', 'root'),
      deriveUuid(key, 'partition', 'ESP'),
      deriveUuid(key, 'partitionroot'),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  test('a FAT volume id has eight digits', () => {
    expect(deriveFatVolumeId(key, 'ESP')).toMatch(/^[0-9a-f]{8}$/);
  });
});

test('the partition table names every place, type, id and label', () => {
  const layout = { diskBytes: 102 * MiB, places: [{ startBytes: MiB, sizeBytes: 100 * MiB }] };
  expect(partitionScript(key, [root], layout)).toBe(
    [
      'label: gpt',
      `label-id: ${deriveUuid(key, 'disk')}`,
      'unit: sectors',
      'first-lba: 34',
      '',
      `start=2048, size=204800, type=${root.typeGuid}, uuid=${deriveUuid(key, 'partition', 'root')}, name="root"`,
      '',
    ].join('\n'),
  );
});

test('a file system that does not do for the role of its partition is refused, naming both', () => {
  expect(fillerOf(root).role).toBe('root');
  expect(() => fillerOf({ ...root, fileSystem: 'vfat' })).toThrow(/vfat fills esp partitions, but root is root/);
});

describe("tar's listing", () => {
  test('gives types, sizes of files, names with anything in them, and where the end mark is', () => {
    const listing = [
      'block 0: drwxr-xr-x 0/0               0 2023-11-14 22:13 ./',
      'block 8: prw-r--r-- 0/0               0 2023-11-14 22:13 ./dev/ff',
      'block 9: crw-r--r-- 0/0             1,3 2023-11-14 22:13 ./dev/null',
      'block 13: -rw-r--r-- 100000/100000 5242884 2023-11-14 22:13 ./etc/größe ünd 漢字',
      'block 15: lrwxrwxrwx 0/1000            0 2023-11-14 22:13 ./etc/link -> a b',
      'block 16: -rw-r--r-- 0/0               2 2023-11-14 22:13 ./etc/new\\nline',
      'block 18: hrwsr-xr-x 0/0               0 2023-11-14 22:13 ./hard link to ./usr/lib/cap',
      'block 20: ** Block of NULs **',
    ].join('\n');
    const { entries, endBytes } = parseTarListing(listing);
    expect(endBytes).toBe(20 * 512);
    expect(entries.map(({ type }) => type).join('')).toBe('dpc-l-h');
    expect(entries.map(({ sizeBytes }) => sizeBytes)).toEqual([0, 0, 0, 5_242_884, 0, 2, 0]);
    expect(entries[3]?.path).toBe('./etc/größe ünd 漢字');
  });

  test('that cannot be read is no empty archive', () => {
    expect(() => parseTarListing('')).toThrow(/ends/);
    expect(() => parseTarListing('tar: strange\nblock 0: ** Block of NULs **')).toThrow(/tar: strange/);
  });
});

test('compression takes the place of the raw image and leaves qcow2 alone', () => {
  const formats: PackageParams['formats'] = ['raw', 'qcow2'];
  expect(imageArtifacts({ formats, compression: 'none' })).toEqual(['raw', 'qcow2']);
  expect(imageArtifacts({ formats, compression: 'zstd' })).toEqual(['raw.zst', 'qcow2']);
});

test('checksums are written as sha256sum reads them', () => {
  const artifact = { path: 'a-1.raw', format: 'raw', bootable: true } as const;
  expect(checksumLines([{ artifact, sha256: key }])).toBe(`${key}  a-1.raw\n`);
});

describe('the SBOM', () => {
  const locked = (name: string, version: string, arch: string) => ({
    ...{ name, version, arch },
    sha256: name.length.toString(16).padStart(64, '0'),
    sizeBytes: 1,
    filename: `${name}.deb`,
  });
  const params: PackageParams = {
    ...{ name: 'edge', version: '1.2', title: 'Edge', size: 'auto', formats: ['raw'], compression: 'none' },
    ...{ partitions: [root], boot: { esp: [], entries: 'bls' }, fstab: [], cmdline: [], bootModules: [] },
    packages: [locked('libstdc++6', '14.2.0-19', 'amd64'), locked('bash', '5.2.37-2+b1', 'amd64')],
    kernel: { form: 'source', version: '6.12.57', sources: [locked('linux-source-6.12', '6.12.57-1', 'all')] },
    sourceDate: 1_750_000_000,
  };
  const sbom = JSON.parse(writeSbom(params, '6.12.57-gw', key));

  test('lists the kernel with its source and every package with purl and hash, sorted', () => {
    expect(sbom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 });
    expect(sbom.components.map((component: { purl: string }) => component.purl)).toEqual([
      'pkg:generic/linux@6.12.57',
      'pkg:deb/debian/bash@5.2.37-2%2Bb1?arch=amd64',
      'pkg:deb/debian/libstdc%2B%2B6@14.2.0-19?arch=amd64',
    ]);
    expect(sbom.components[0].pedigree.ancestors[0].purl).toBe('pkg:deb/debian/linux-source-6.12@6.12.57-1?arch=all');
    expect(sbom.components[1].hashes).toEqual([{ alg: 'SHA-256', content: params.packages[1]?.sha256 }]);
    expect(sbom.dependencies[0].dependsOn).toHaveLength(3);
  });

  test('has the package of a kernel that came finished as its component', () => {
    const sources = [locked('linux-image-a', '6.12.57-1', 'amd64')];
    const finished: PackageParams = { ...params, kernel: { form: 'binary', version: '6.12.57', sources } };
    const [component] = JSON.parse(writeSbom(finished, '6.12.57-a', key)).components;
    expect(component).toMatchObject({ name: 'linux', version: '6.12.57' });
    expect(component.components[0].purl).toBe('pkg:deb/debian/linux-image-a@6.12.57-1?arch=amd64');
    expect(component.pedigree).toBeUndefined();
  });

  test('has its date from the sources and its number from the key, and no order of its own', () => {
    expect(sbom.metadata.timestamp).toBe('2025-06-15T15:06:40.000Z');
    expect(sbom.serialNumber).toBe(`urn:uuid:${deriveUuid(key, 'sbom')}`);
    const shuffled = { ...params, packages: params.packages.toReversed() };
    expect(writeSbom(shuffled, '6.12.57-gw', key)).toBe(writeSbom(params, '6.12.57-gw', key));
  });

  test('an epoch stays readable in a purl', () => {
    expect(packageUrl(locked('busybox', '1:1.37.0-6', 'amd64'))).toBe('pkg:deb/debian/busybox@1:1.37.0-6?arch=amd64');
  });
});
