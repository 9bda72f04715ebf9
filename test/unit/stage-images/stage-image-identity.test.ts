/**
 * What a stage image's identity follows from: its own stages' contracts, its own code and parts, its own Dockerfile. A copy of the
 * sources is changed and bundled, and the hashes say which images became others.
 */
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleStageImages } from '../../../scripts/lib/bundle.mjs';
import { hashSources, SourceHashes } from '../../../src/images/sources.ts';

const root = new URL('../../..', import.meta.url).pathname;
let tree = '';
let before: SourceHashes;

beforeAll(async () => {
  tree = await mkdtemp(join(tmpdir(), 'ldf-identity-'));
  for (const folder of ['src', 'parts', 'stage-images'])
    await cp(join(root, folder), join(tree, folder), { recursive: true });
  await symlink(join(root, 'node_modules'), join(tree, 'node_modules'));
  before = await bundled();
}, 60_000);

afterAll(async () => {
  await rm(tree, { recursive: true });
});

async function bundled(): Promise<SourceHashes> {
  await bundleStageImages(join(tree, 'dist'), tree);
  return hashSources(join(tree, 'dist'));
}

interface Change {
  file: string;
  text: string;
  /** What stands in its place. */
  by: string;
}

/** The images that become others by these changes. */
async function changedBy(...changes: Change[]): Promise<string[]> {
  const originals = new Map<string, string>();
  try {
    for (const { file, text, by } of changes) {
      const path = join(tree, file);
      const content = await readFile(path, 'utf8');
      expect(content).toContain(text);
      if (!originals.has(path)) originals.set(path, content);
      await writeFile(path, content.replace(text, by));
    }
    const after = await bundled();
    return SourceHashes.keyType.options.filter((image) => after[image] !== before[image]);
  } finally {
    for (const [path, content] of originals) await writeFile(path, content);
  }
}

const change = (file: string, text: string, by: string): Change => ({ file, text, by });
const stages = 'src/stages';
/** Both compile kernels, with the same program. */
const builders = ['kernel-builder', 'kernel-builder-llvm'];

describe('a stage image becomes another one', { timeout: 60_000 }, () => {
  it('alone by what its own stages are asked for', async () => {
    expect(
      await changedBy(
        change(`${stages}/package/contract.ts`, "['none', 'zstd']", "['none', 'zstd', 'xz']"),
        change(`${stages}/package/contract.ts`, 'fstab:', 'signing: z.string(), fstab:'),
      ),
    ).toEqual(['image-packager']);
    expect(
      await changedBy(
        change(`${stages}/assemble/contract.ts`, 'hostname:', 'motd: z.string(), hostname:'),
        change(`${stages}/lock.ts`, 'mostPackages = 10_000', 'mostPackages = 20_000'),
      ),
    ).toEqual(['rootfs-assembler']);
    expect(
      await changedBy(
        change('src/definition/kernel-base.ts', "['tiny', 'defconfig']", "['tiny', 'defconfig', 'allnoconfig']"),
        change(`${stages}/compile/contract.ts`, 'toolchain:', 'lto: z.boolean(), toolchain:'),
      ),
      // The packager does both for a kernel that is finished.
    ).toEqual(['kernel-builder', 'image-packager', 'kernel-builder-llvm']);
    expect(
      await changedBy(
        change(`${stages}/boot/contract.ts`, 'display: z.boolean()', 'tpm: z.boolean(), display: z.boolean()'),
      ),
    ).toEqual(['boot-tester']);
  });

  it('by what it reads of another stage', async () => {
    expect(
      await changedBy(change(`${stages}/compile/data.ts`, 'modules:', 'headers: OutputPath.nullable(), modules:')),
    ).toEqual(['kernel-builder', 'image-packager', 'kernel-builder-llvm']);
    expect(await changedBy(change(`${stages}/assemble/data.ts`, 'files:', 'links: z.int(), files:'))).toEqual([
      'rootfs-assembler',
      'image-packager',
    ]);
    expect(
      await changedBy(change(`${stages}/package/data.ts`, 'initramfs:', 'signed: z.boolean(), initramfs:')),
    ).toEqual(['image-packager', 'boot-tester']);
  });

  it('alone by the entries of its own queries', async () => {
    expect(
      await changedBy(change(`${stages}/prepare/kconfig-query.ts`, 'help: z', 'range: z.string(), help: z')),
    ).toEqual([...builders]);
  });

  it('alone by its own Dockerfile and code', async () => {
    expect(
      await changedBy(
        change('stage-images/boot-tester/Dockerfile', 'FROM', '# Other words\nFROM'),
        change('stage-images/image-packager/cmdline.ts', 'the whole line has', 'the line has'),
      ),
    ).toEqual(['image-packager', 'boot-tester']);
  });

  it('alone by its own parts: their code, their parameters, what they have beside it, and a new one', async () => {
    const parts: Change[] = [
      change('parts/formats/packed.ts', '--threads=0', '--threads=1'),
      change('parts/filesystems/ext4/params.ts', 'strictObject({', 'strictObject({ journal: z.boolean().optional(),'),
      change('parts/initramfs/minimal/init', 'wait_seconds', 'patience_seconds'),
      change('parts/filesystems/index.ts', '  ext4,', '  xfs: vfat,\n  ext4,'),
    ];
    for (const part of parts) expect(await changedBy(part), part.file).toEqual(['image-packager']);
    expect(
      await changedBy(
        change('parts/inits/systemd/systemd.ts', 'uninitialized', 'unknown'),
        change('parts/inits/index.ts', '  systemd,\n}', '  systemd,\n  runit: systemd,\n}'),
        change('parts/userlands/debian/dpkg.ts', 'import ', "console.log('changed');\nimport "),
        change('parts/userlands/index.ts', '= { busybox, debian }', '= { busybox, debian, nix: debian }'),
      ),
    ).toEqual(['rootfs-assembler']);
    expect(
      await changedBy(
        change('parts/sources/resolvers.ts', "  'debian-source'", "  git: debianSourceResolver,\n  'debian-source'"),
        change('parts/sources/newest-package.ts', 'It has ', 'There is '),
        change('parts/userlands/debian/apt.ts', "'Acquire::Retries', '3'", "'Acquire::Retries', '4'"),
      ),
    ).toEqual(['rootfs-assembler']);
    expect(
      await changedBy(
        change('parts/toolchains/index.ts', '= { gcc, llvm }', '= { gcc, llvm, clang: gcc }'),
        change('parts/toolchains/gcc/gcc.ts', 'CROSS_COMPILE', 'CROSS'),
      ),
    ).toEqual([...builders]);
    expect(
      await changedBy(
        change('parts/sources/debian-source/debian-source.ts', '--no-same-owner', '--same-owner'),
        change('parts/sources/debian-binary/debian-binary.ts', '--no-same-owner', '--same-owner'),
      ),
    ).toEqual(['kernel-builder', 'image-packager', 'kernel-builder-llvm']);
    expect(
      await changedBy(
        change('parts/machines/index.ts', '  uefi,\n}', '  uefi,\n  coreboot: uefi,\n}'),
        change('parts/machines/uefi/uefi.ts', 'OVMF_CODE_4M', 'OVMF_CODE_8M'),
        change('parts/checks/systemd/systemd.ts', 'drawSeconds = 90', 'drawSeconds = 80'),
        change('parts/checks/systemd/params.ts', 'strictObject({', 'strictObject({ patient: z.boolean().optional(),'),
      ),
    ).toEqual(['boot-tester']);
  });

  it('by the names of architectures that it reads', async () => {
    const names = (text: string, by: string) => change('src/architecture.ts', text, by);
    expect(await changedBy(names("efiNames: Names = { x86_64: 'x64'", "efiNames: Names = { x86_64: 'x65'"))).toEqual([
      'image-packager',
    ]);
    expect(await changedBy(names("program: 'qemu-system-x86_64'", "program: 'qemu-x86'"))).toEqual(['boot-tester']);
    expect(await changedBy(names("imageTarget: 'bzImage'", "imageTarget: 'vmlinux'"))).toEqual([...builders]);
    expect(await changedBy(names("debianNames = { x86_64: 'amd64'", "debianNames = { x86_64: 'amd65'"))).toEqual([
      'rootfs-assembler',
    ]);
    expect(await changedBy(names("'arm64-efi'", "'arm64-uefi'"))).toEqual(['image-packager']);
  });

  it('never by another stage, query or image, nor by a definition, a bound or an error that is not its own', async () => {
    expect(
      await changedBy(
        change(`${stages}/index.ts`, '  bootStage,\n', "  bootStage,\n  { ...bootStage, name: 'scan' },\n"),
        change(`${stages}/package/stage.ts`, 'heavy: true', 'heavy: true, kvm: true'),
        change(`${stages}/assemble/stage.ts`, "timeout: '1h'", "timeout: '2h'"),
        change(`${stages}/names.ts`, "'kconfig']", "'kconfig', 'licenses']"),
        change(
          `${stages}/names.ts`,
          "'kernel-builder-llvm',\n] as const",
          "'kernel-builder-llvm',\n  'scanner',\n] as const",
        ),
        change('src/definition/definition.ts', "'none', 'zstd'", "'none', 'zstd', 'xz'"),
        change('src/definition/bounds.ts', 'users: 200', 'users: 500'),
        change('src/errors.ts', 'errorTable = {', "errorTable = { 'scan.found': 422,"),
      ),
    ).toEqual([]);
  });
});

it('a kernel is built by one program, whatever compiles it, on one layer of tools', async () => {
  const file = (image: string, name: string) => readFile(join(tree, 'dist', image, name), 'utf8');
  for (const name of ['program.mjs', 'kconfig.py'])
    expect(await file('kernel-builder-llvm', name)).toBe(await file('kernel-builder', name));
  // To the letter, so that Docker has it in its cache.
  const step = /^RUN [\s\S]*?lists\/\*$/m;
  const [own, other] = [await file('kernel-builder', 'Dockerfile'), await file('kernel-builder-llvm', 'Dockerfile')];
  expect(step.exec(own)?.[0]).toContain('gcc');
  expect(step.exec(other)?.[0]).toBe(step.exec(own)?.[0]);
});
