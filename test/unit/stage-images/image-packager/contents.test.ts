import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { definePart, makePart } from '../../../../parts/part.ts';
import type { PackageParams } from '../../../../src/stages/package/contract.ts';
import { earlierFacts } from '../../../../src/stages/package/earlier-artifacts.ts';
import { deriveFatVolumeId, deriveUuid } from '../../../../stage-images/contract/derive.ts';
import { checksumLines } from '../../../../stage-images/image-packager/artifacts.ts';
import { type BillOf, billOf, packageUrl } from '../../../../stage-images/image-packager/bill.ts';
import { chosenParts } from '../../../../stage-images/image-packager/chosen-parts.ts';
import { writeCycloneDx } from '../../../../stage-images/image-packager/cyclonedx.ts';
import { writeSpdx } from '../../../../stage-images/image-packager/spdx.ts';

const key = 'ab'.repeat(32);
const part = (use: string) => ({ use, params: {} });
const root: PackageParams['partitions'][number] = {
  role: 'root',
  label: 'root',
  typeGuid: '4f68bce3-e8cd-4db1-96e7-fbcaf984b709',
  fileSystem: { use: 'ext4', params: {} },
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

test('checksums are written as sha256sum reads them', () => {
  const artifact = { path: 'a-1.raw', ...earlierFacts('raw'), qemu: null };
  expect(checksumLines([{ artifact, sha256: key }])).toBe(`${key}  a-1.raw\n`);
});

const locked = (name: string, version: string, arch: string) => ({
  ...{ name, version, arch },
  sha256: name.length.toString(16).padStart(64, '0'),
  sizeBytes: 1,
  filename: `${name}.deb`,
});
const params: PackageParams = {
  ...{ name: 'edge', version: '1.2', title: 'Edge', size: 'auto', formats: [part('raw')], compression: 'none' },
  ...{ layout: part('disk'), bootLoader: part('systemd-boot'), initramfs: part('minimal') },
  ...{ partitions: [root], espFiles: [], fstab: [], cmdline: [], bootModules: [] },
  packages: [locked('libstdc++6', '14.2.0-19', 'amd64'), locked('bash', '5.2.37-2+b1', 'amd64')],
  bootPackages: [locked('systemd-boot-efi', '257.9-1', 'amd64'), locked('busybox-static', '1:1.37.0-6', 'amd64')],
  kernel: { form: 'source', version: '6.12.57', sources: [locked('linux-source-6.12', '6.12.57-1', 'all')] },
  sourceDate: 1_750_000_000,
};

describe('the parts that a request names', () => {
  test('are made, each with what it was asked for', () => {
    const { partitions, formats } = chosenParts({ ...params, formats: [part('raw'), part('qcow2')] });
    expect(partitions).toEqual([expect.objectContaining({ role: 'root', label: 'root', size: 'auto' })]);
    expect(partitions[0]?.fileSystem).toMatchObject({ use: 'ext4', readByUefi: false });
    expect(formats.map(({ extension }) => extension)).toEqual(['raw', 'qcow2']);
  });

  test('compression takes the place of the raw image and leaves qcow2 alone', () => {
    const { formats } = chosenParts({ ...params, formats: [part('raw'), part('qcow2')], compression: 'zstd' });
    expect(formats.map(({ extension }) => extension)).toEqual(['raw.zst', 'qcow2']);
  });

  test('must be there; the error names those that are', () => {
    const parts = { one: definePart(z.strictObject({}), () => 1) };
    expect(makePart('thing', parts, { use: 'one', params: {} })).toBe(1);
    expect(() => makePart('thing', parts, { use: 'two', params: {} })).toThrow(/no thing "two"; it has one\./);
    expect(() => makePart('thing', parts, { use: 'toString', params: {} })).toThrow(/no thing "toString"/);
    expect(() => makePart('thing', parts, { use: 'one', params: { colour: 'red' } })).toThrow(/colour/);
  });
});

const bill = (of: PackageParams, more: Partial<BillOf> = {}) =>
  billOf(of, { release: '6.12.57-gw', facts: [], boot: [], ...more });
const facts: BillOf['facts'] = [
  { name: 'bash', version: '5.2.37-2+b1', arch: 'amd64', license: 'GPL-3.0-or-later', dependsOn: ['libstdc++6'] },
  {
    ...{ name: 'libstdc++6', version: '14.2.0-19', arch: 'amd64', dependsOn: [] },
    license: 'GPL-3.0-or-later AND LicenseRef-debian-public-domain',
  },
];

describe('the SBOM', () => {
  const written = (of: PackageParams, more?: Partial<BillOf>) => writeCycloneDx(bill(of, more), key);
  const sbom = JSON.parse(written(params));

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

  test('holds the patches of a kernel in full', () => {
    const patches = [{ name: 'a.patch', content: 'the text' }];
    const [component] = JSON.parse(written(params, { patches })).components;
    expect(component.properties).toContainEqual({ name: 'ldf:kernel:patch', value: 'a.patch' });
    expect(component.pedigree.patches).toEqual([
      { type: 'unofficial', diff: { text: { contentType: 'text/x-diff', content: 'the text' } } },
    ]);
  });

  test('has an archive that the kernel is made of by its hash', () => {
    const sha256 = 'd'.repeat(64);
    const archive = { name: 'linux', version: '6.12.40', filename: 'linux-6.12.40.tar.xz', sizeBytes: 1, sha256 };
    const [component] = JSON.parse(written({ ...params, kernel: { ...params.kernel, sources: [archive] } })).components;
    expect(component.pedigree.ancestors).toMatchObject([
      {
        purl: `pkg:generic/linux@6.12.40?checksum=sha256:${sha256}&file_name=linux-6.12.40.tar.xz`,
        hashes: [{ alg: 'SHA-256', content: sha256 }],
      },
    ]);
  });

  test('has the package of a kernel that came finished as its component', () => {
    const sources = [locked('linux-image-a', '6.12.57-1', 'amd64')];
    const finished: PackageParams = { ...params, kernel: { form: 'binary', version: '6.12.57', sources } };
    const [component] = JSON.parse(written(finished)).components;
    expect(component).toMatchObject({ name: 'linux', version: '6.12.57' });
    expect(component.components[0].purl).toBe('pkg:deb/debian/linux-image-a@6.12.57-1?arch=amd64');
    expect(component.pedigree).toBeUndefined();
  });

  test('has its date from the sources and its number from the key, and no order of its own', () => {
    expect(sbom.metadata.timestamp).toBe('2025-06-15T15:06:40.000Z');
    expect(sbom.serialNumber).toBe(`urn:uuid:${deriveUuid(key, 'sbom')}`);
    const shuffled = { ...params, packages: params.packages.toReversed() };
    expect(written(shuffled)).toBe(written(params));
  });

  test('lists of the boot packages those that files were taken from, with these files', () => {
    const [loader] = params.bootPackages;
    if (!loader) throw new Error('there are boot packages');
    const path = '/usr/lib/systemd/boot/efi/systemd-bootx64.efi';
    const boot = [{ source: loader, files: [{ path, sha256: key }], license: 'LGPL-2.1-or-later' }];
    const { components } = JSON.parse(written(params, { boot }));
    expect(components.map(({ name }: { name: string }) => name)).toEqual([
      ...['linux', 'bash', 'libstdc++6', 'systemd-boot-efi'],
    ]);
    expect(components[3]).toMatchObject({
      purl: 'pkg:deb/debian/systemd-boot-efi@257.9-1?arch=amd64',
      hashes: [{ alg: 'SHA-256', content: loader.sha256 }],
      licenses: [{ expression: 'LGPL-2.1-or-later', acknowledgement: 'declared' }],
      components: [{ type: 'file', name: path, hashes: [{ alg: 'SHA-256', content: key }] }],
    });
  });

  test('lists a boot package once that is in the root file system, too', () => {
    const [loader] = params.bootPackages;
    if (!loader) throw new Error('there are boot packages');
    const both: PackageParams = { ...params, packages: [...params.packages, loader] };
    const { components } = JSON.parse(written(both, { boot: [{ source: loader, files: [], license: null }] }));
    expect(components.filter(({ name }: { name: string }) => name === loader.name)).toHaveLength(1);
  });

  test('an epoch stays readable in a purl', () => {
    expect(packageUrl(locked('busybox', '1:1.37.0-6', 'amd64'))).toBe('pkg:deb/debian/busybox@1:1.37.0-6?arch=amd64');
  });

  test('says licences and dependencies of packages that say them, and nothing of others', () => {
    const told = JSON.parse(written(params, { facts }));
    expect(told.components.map(({ licenses }: { licenses: object[] }) => licenses)).toEqual([
      [{ expression: 'GPL-2.0-only WITH Linux-syscall-note', acknowledgement: 'declared' }],
      [{ expression: 'GPL-3.0-or-later', acknowledgement: 'declared' }],
      [{ expression: 'GPL-3.0-or-later AND LicenseRef-debian-public-domain', acknowledgement: 'declared' }],
    ]);
    const [, bash, library] = told.components;
    expect(told.dependencies[1]).toEqual({ ref: bash.purl, dependsOn: [library.purl] });
    expect(told.dependencies).toHaveLength(2);
    expect(sbom.components[1].licenses).toBeUndefined();
  });
});

describe('the SBOM in SPDX', () => {
  const written = (of: PackageParams, more?: Partial<BillOf>) => writeSpdx(bill(of, more), key);
  const [loader] = params.bootPackages;
  const boot = loader ? [{ source: loader, files: [{ path: '/a.efi', sha256: key }], license: null }] : [];
  const patches = [{ name: 'a.patch', content: 'the text' }];
  const spdx = JSON.parse(written(params, { facts, boot, patches }));
  const idOf = (name: string) => spdx.packages.find((one: { name: string }) => one.name === name)?.SPDXID;
  const related = (type: string) =>
    spdx.relationships.flatMap((one: Record<string, string>) =>
      one.relationshipType === type ? [[one.spdxElementId, one.relatedSpdxElement]] : [],
    );

  test('is a document of version 2.3 about the image, with its date from the sources and no order of its own', () => {
    expect(spdx).toMatchObject({
      ...{ spdxVersion: 'SPDX-2.3', dataLicense: 'CC0-1.0', SPDXID: 'SPDXRef-DOCUMENT', name: 'edge 1.2' },
      documentNamespace: `urn:uuid:${deriveUuid(key, 'spdx')}`,
      creationInfo: { created: '2025-06-15T15:06:40Z', creators: ['Tool: ldf'] },
    });
    expect(related('DESCRIBES')).toEqual([['SPDXRef-DOCUMENT', 'SPDXRef-image']]);
    const shuffled = { ...params, packages: params.packages.toReversed() };
    expect(written(shuffled, { facts, boot, patches })).toBe(written(params, { facts, boot, patches }));
  });

  test('has the same packages as the other form, by the same names', () => {
    const other = JSON.parse(writeCycloneDx(bill(params, { facts, boot, patches }), key));
    const purls = spdx.packages.flatMap(({ externalRefs = [] }: { externalRefs?: { referenceLocator: string }[] }) =>
      externalRefs.map(({ referenceLocator }) => referenceLocator),
    );
    const [kernel, ...rest] = other.components;
    expect(purls).toEqual([...rest, ...kernel.pedigree.ancestors].map(({ purl }: { purl: string }) => purl));
    expect(new Set(spdx.packages.map(({ SPDXID }: { SPDXID: string }) => SPDXID)).size).toBe(spdx.packages.length);
    for (const { SPDXID } of spdx.packages) expect(SPDXID).toMatch(/^SPDXRef-[a-zA-Z0-9.-]+$/);
  });

  test('tells what contains, needs and is made of what', () => {
    const contained = ['linux', 'bash', 'libstdc++6', 'systemd-boot-efi'].map((name) => ['SPDXRef-image', idOf(name)]);
    expect(related('CONTAINS')).toEqual(contained);
    expect(related('DEPENDS_ON')).toEqual([[idOf('bash'), idOf('libstdc++6')]]);
    expect(related('GENERATED_FROM')).toEqual([[idOf('linux'), idOf('linux-source-6.12')]]);
    expect(spdx.packages[1].sourceInfo).toContain('Patched with a.patch.');
    expect(spdx.packages.find(({ name }: { name: string }) => name === loader?.name).comment).toContain('/a.efi');
  });

  test('names licences that are on no list, and asserts none where nothing is known', () => {
    expect(spdx.packages.map((one: { licenseDeclared: string }) => one.licenseDeclared)).toEqual([
      'NOASSERTION',
      'GPL-2.0-only WITH Linux-syscall-note',
      'GPL-3.0-or-later',
      'GPL-3.0-or-later AND LicenseRef-debian-public-domain',
      'NOASSERTION',
      'GPL-2.0-only WITH Linux-syscall-note',
    ]);
    expect(spdx.hasExtractedLicensingInfos).toEqual([
      expect.objectContaining({ licenseId: 'LicenseRef-debian-public-domain', name: 'public-domain' }),
    ]);
  });
});
