/** Boot files come out of locked packages, which are unpacked and not run; the SBOM accounts for every one of them. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, chmod, copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BootFacts } from '../../../../parts/bootloaders/boot-loader.ts';
import { bootLoaders } from '../../../../parts/bootloaders/index.ts';
import type { Placement } from '../../../../parts/placement.ts';
import type { LockedPackage } from '../../../../src/stages/locked-package.ts';
import { PackageParams } from '../../../../src/stages/package/contract.ts';
import { billOf } from '../../../../stage-images/image-packager/bill.ts';
import { contributedFiles, requireOrigins } from '../../../../stage-images/image-packager/boot-files.ts';
import { BootPackages } from '../../../../stage-images/image-packager/boot-packages.ts';
import { writeCycloneDx } from '../../../../stage-images/image-packager/cyclonedx.ts';

const efi = '/usr/lib/systemd/boot/efi/systemd-bootx64.efi';
const key = 'ab'.repeat(32);
let folder = '';
let store = '';
let loader: LockedPackage;
let shell: LockedPackage;
let runs = 0;

const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** A package with these files, in the store under its hash. `prepare` adds what is no plain file. */
async function makeDeb(
  name: string,
  files: Readonly<Record<string, string>>,
  prepare: (tree: string) => Promise<void> = async () => undefined,
): Promise<LockedPackage> {
  const tree = join(folder, `${name}-tree`);
  await mkdir(join(tree, 'DEBIAN'), { recursive: true });
  const control = [
    'Package: ',
    name,
    '\nVersion: 1.0-1\nArchitecture: amd64\nMaintainer: T <t@example.org>\nDescription: t\n',
  ];
  await writeFile(join(tree, 'DEBIAN/control'), control.join(''));
  // Were it installed and not unpacked, this would be seen.
  await writeFile(join(tree, 'DEBIAN/preinst'), `#!/bin/sh\ntouch ${join(folder, 'ran')}\n`);
  await chmod(join(tree, 'DEBIAN/preinst'), 0o755);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), content);
  }
  await prepare(tree);
  const deb = join(folder, `${name}.deb`);
  execFileSync('dpkg-deb', ['--build', '--root-owner-group', '-Znone', tree, deb], { stdio: 'ignore' });
  const bytes = await readFile(deb);
  const sha256 = hashOf(bytes);
  await copyFile(deb, join(store, sha256));
  const filename = `${name}_1.0-1_amd64.deb`;
  return { name, version: '1.0-1', arch: 'amd64', filename, sha256, sizeBytes: bytes.length };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-boot-packages-'));
  store = join(folder, 'store');
  await mkdir(store);
  loader = await makeDeb('systemd-boot-efi', { [efi]: 'the loader' }, async (tree) => {
    await symlink('/etc/passwd', join(tree, 'usr/lib/outside'));
    await symlink('systemd-bootx64.efi', join(tree, dirname(efi), 'default.efi'));
  });
  // Before trixie programs stood outside of /usr.
  shell = await makeDeb('busybox-static', { '/bin/busybox': 'the shell' });
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

let packages: BootPackages;
beforeEach(async () => {
  packages = await BootPackages.unpack([loader, shell], store, join(folder, `unpacked-${runs++}`));
});

describe('the boot packages', () => {
  test('give the files that are asked for, /usr merged, and run nothing', async () => {
    expect(await readFile(await packages.file(efi), 'utf8')).toBe('the loader');
    expect(await readFile(await packages.file('/usr/bin/busybox'), 'utf8')).toBe('the shell');
    expect(await readFile(await packages.file(`${dirname(efi)}/default.efi`), 'utf8')).toBe('the loader');
    await expect(access(join(folder, 'ran'))).rejects.toThrow();
  });

  test('fail for a file that none of them has, naming all of them; a link out of them is none', async () => {
    const missing = { error: { code: 'boot.file-missing', hint: expect.stringContaining('bootPackages') } };
    await expect(packages.file('/usr/lib/grub.efi')).rejects.toMatchObject(missing);
    await expect(packages.file('/usr/lib/grub.efi')).rejects.toThrow(
      'The boot needs /usr/lib/grub.efi, and none of its packages has it (systemd-boot-efi 1.0-1, busybox-static 1.0-1).',
    );
    await expect(packages.file('/usr/lib/outside')).rejects.toMatchObject(missing);
    await expect(packages.file('/../busybox-static_amd64/usr/bin/busybox')).rejects.toMatchObject(missing);
    await expect(packages.file('/usr/lib')).rejects.toMatchObject(missing);
    const none = await BootPackages.unpack([], store, join(folder, 'none'));
    await expect(none.file(efi)).rejects.toThrow(/there are no packages that could bring it/);
  });

  test('fail when the store has another file than the lock names, or none', async () => {
    const unpack = (source: LockedPackage) => BootPackages.unpack([source], store, join(folder, `bad-${runs++}`));
    const damaged = { ...loader, sha256: 'd'.repeat(64) };
    await expect(unpack(damaged)).rejects.toMatchObject({ error: { code: 'source.damaged' }, fault: 'ours' });
    await expect(unpack(damaged)).rejects.toThrow(/it is missing/);
    await writeFile(join(store, damaged.sha256), 'something else');
    await expect(unpack(damaged)).rejects.toThrow(/systemd-boot-efi_1\.0-1_amd64\.deb .* its sha256 is [0-9a-f]{64}/);
  });
});

describe('what is placed into an image', () => {
  const facts = (): BootFacts => ({
    ...{
      arch: 'x86_64',
      name: 'edge',
      version: '1',
      title: 'Edge',
      release: '6.12.57',
      cmdline: 'ro',
      plainCmdline: 'ro',
      deviceTrees: [],
      imageId: '0-1',
      biosBoot: null,
    },
    ...{ kernel: join(folder, 'vmlinuz'), initramfs: join(folder, 'initrd') },
  });
  const work = '/work/boot-loader';
  const bootFile = (path: string) => packages.file(path);
  const tools = () => ({ work, bootFile, run: () => Promise.reject(new Error('no program is needed')) });
  const params = async () =>
    PackageParams.parse({
      ...JSON.parse(await readFile('test/fixtures/package-request.json', 'utf8')),
      bootPackages: [loader, shell],
    });
  const sbomOf = async (packages: BootPackages) =>
    writeCycloneDx(billOf(await params(), { release: '6.12.57', facts: [], boot: await packages.used() }), key);

  async function placed(): Promise<Placement[]> {
    const installed = await bootLoaders['systemd-boot'].make({}).install(facts(), tools());
    const espFiles = [
      { path: 'EFI/copy.efi', copy: efi },
      { path: 'note.txt', content: '{{title}}' },
    ];
    return [...installed, ...(await contributedFiles(espFiles, facts(), bootFile))];
  }

  test('has an entry in the SBOM, file by file: kernel, initramfs, boot package, or a text that LDF writes', async () => {
    await writeFile(facts().kernel, 'kernel');
    await writeFile(join(folder, 'initrd'), 'initramfs');
    const placements = await placed();
    await packages.file('/usr/bin/busybox');
    requireOrigins(placements, facts(), (file) => packages.has(file), [work]);
    const { components } = JSON.parse(await sbomOf(packages));
    const listed = new Map<string, string>();
    for (const { name, components: files = [] } of components)
      for (const { type, hashes } of files) if (type === 'file') listed.set(hashes[0].content, name);
    const own = [facts().kernel, facts().initramfs];
    const files = placements.flatMap((placement) => ('file' in placement ? placement.file : []));
    expect(files).toHaveLength(5);
    for (const file of files.filter((path) => !own.includes(path)))
      expect(listed.get(hashOf(await readFile(file))), file).toBe('systemd-boot-efi');
    expect(listed.get(hashOf(Buffer.from('the shell')))).toBe('busybox-static');
    expect(components[0]).toMatchObject({ name: 'linux' });
  });

  test('leaves out of the SBOM what was locked and is not in the image', async () => {
    await placed();
    const { components } = JSON.parse(await sbomOf(packages));
    expect(components.map(({ name }: { name: string }) => name)).toEqual(['linux', 'systemd-boot-efi']);
  });

  test('may come from nowhere else', async () => {
    const require = (file: string) =>
      requireOrigins([{ at: 'esp', path: 'a.efi', file }], facts(), (path) => packages.has(path), [work]);
    expect(() => require(efi)).toThrow(/systemd-bootx64\.efi .* comes from no package of the lock/);
    expect(() => require('/work/boot-loader-other/a.efi')).toThrow(/no package of the lock/);
    expect(() => require(`${work}/made.efi`)).not.toThrow();
    const file = await packages.file(efi);
    expect(() => require(file)).not.toThrow();
  });
});
