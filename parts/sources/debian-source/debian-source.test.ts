import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fakeSuite, source as packageOf, wishesSha256 } from '../../../test/fixtures/fake-suite.ts';
import { isOfSeries, newestPackage, upstreamVersion } from '../newest-package.ts';
import { debianSource } from './debian-source.ts';
import { debianSourceResolver, sourcePackages, withConfig } from './resolver.ts';

const params = { suite: 'trixie', package: 'linux-source-6.12' };
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-source-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('it is told which package of which suite, and nothing else', () => {
  expect(debianSourceResolver.make(params).asks).toBe('the package lists of trixie');
  expect(() => debianSource.make({ suite: 'trixie' })).toThrow(/package/);
  expect(() => debianSource.make({ ...params, mirror: 'x' })).toThrow(/mirror/);
  expect(() => debianSource.make({ ...params, package: '../x' })).toThrow(/linux-source-6\.12/);
});

describe('the newest one', () => {
  const kernel = packageOf('linux-source-6.12', '6.12.57-1~deb13u1', 'b');
  const { suite } = fakeSuite([kernel]);
  const resolved = (version: string, name = kernel.name, previous?: Parameters<typeof newestPackage>[4]) =>
    newestPackage(suite, sourcePackages, name, { wishesSha256, version }, previous);

  test('is what a series takes', async () => {
    expect(await resolved('6.12')).toEqual({
      ...{ wishesSha256, version: '6.12.57', sourceDate: 2000, sources: [kernel] },
    });
  });

  test('keeps its date while it is the same', async () => {
    const previous = { wishesSha256, version: '6.12.57', sourceDate: 1000, sources: [kernel] };
    expect((await resolved('6.12', kernel.name, previous)).sourceDate).toBe(1000);
  });

  test('is told where another exact version is asked for', async () => {
    await expect(resolved('6.12.1')).rejects.toMatchObject({
      error: {
        code: 'kernel.unavailable',
        details: [{ pointer: '/kernel/version' }],
        hint: expect.stringContaining('"6.12.57"'),
      },
    });
  });

  test('is told where the series is not there', async () => {
    await expect(resolved('6.99', 'linux-source-6.99')).rejects.toMatchObject({
      error: { code: 'kernel.unavailable', hint: 'It has linux-source-6.12.' },
    });
  });

  test('has the version of its tree', () => {
    expect(upstreamVersion('2:6.12.57-1~deb13u1')).toBe('6.12.57');
    expect(upstreamVersion('6.1-rc-2')).toBe('6.1-rc');
    expect(isOfSeries('6.12.57', '6.12')).toBe(true);
    expect(isOfSeries('6.12.57', '6.1')).toBe(false);
    expect(isOfSeries('6.12.57', '6.12.5')).toBe(false);
  });
});

describe('the package', () => {
  const content = 'a package';
  const locked = {
    ...{ name: 'linux-source-6.12', version: '6.12.57-1', arch: 'all', sizeBytes: content.length },
    filename: 'linux-source-6.12_6.12.57-1_all.deb',
    sha256: createHash('sha256').update(content).digest('hex'),
  };
  const store = async (text: string) => {
    await mkdir(join(folder, 'sha256'));
    await writeFile(join(folder, 'sha256', locked.sha256), text);
  };
  const source = debianSource.make(params);

  test('is found by its hash', async () => {
    await store(content);
    const { name: _name, arch: _arch, ...file } = locked;
    expect(await source.verify([{ ...locked, name: 'gcc-14' }, locked], folder)).toEqual({
      ...file,
      path: join(folder, 'sha256', locked.sha256),
    });
  });

  test('is refused when its content is not what the lock names', async () => {
    await store('another');
    await expect(source.verify([locked], folder)).rejects.toMatchObject({
      error: { code: 'source.hash-mismatch', message: expect.stringContaining(locked.filename) },
    });
  });

  test('is missed when it is not in the store', async () => {
    await expect(source.verify([locked], folder)).rejects.toThrow(/found nothing/);
  });

  test('must be one', async () => {
    await expect(source.verify([], folder)).rejects.toThrow(/names none/);
    await expect(source.verify([locked, locked], folder)).rejects.toThrow(/names 2/);
  });
});

describe("Debian's own configuration", () => {
  const config = { package: 'linux-config-6.12', file: 'config.amd64_none_amd64.xz' };

  test('is locked beside the tree, in the same suite', async () => {
    const packages = [packageOf('linux-source-6.12', '6.12.57-1', 'b'), packageOf(config.package, '6.12.57-1', 'c')];
    const { suite } = fakeSuite(packages);
    const wish = { wishesSha256, version: '6.12' };
    const group = await newestPackage(suite, sourcePackages, 'linux-source-6.12', wish, undefined);
    expect((await withConfig(suite, group, config.package)).sources).toEqual(packages);
    await expect(withConfig(suite, group, 'linux-config-6.99')).rejects.toMatchObject({
      error: { code: 'kernel.unavailable', details: [{ pointer: '/kernel/config/base' }] },
    });
    expect(() => debianSource.make({ ...params, config: { ...config, file: '../config' } })).toThrow(/config\.amd64/);
  });

  test('is read without its keys and what debuggers need', async () => {
    const text = [
      'CONFIG_EXT4_FS=m',
      '# CONFIG_SWAP is not set',
      'CONFIG_SYSTEM_TRUSTED_KEYS="debian/certs/debian-uefi-certs.pem"',
      'CONFIG_DEBUG_INFO=y',
      '# CONFIG_DEBUG_INFO_NONE is not set',
      'CONFIG_DEBUG_INFO_BTF=y',
      '',
    ].join('\n');
    const root = join(folder, 'deb');
    const files = join(root, 'usr/src', config.package);
    await mkdir(files, { recursive: true });
    await mkdir(join(root, 'DEBIAN'));
    await writeFile(join(files, 'config.amd64_none_amd64'), text);
    await execa('xz', [join(files, 'config.amd64_none_amd64')]);
    await writeFile(
      join(root, 'DEBIAN/control'),
      'Package: linux-config-6.12\nVersion: 6.12.57-1\nArchitecture: amd64\nMaintainer: A <a@example>\nDescription: a\n',
    );
    const path = join(folder, 'a.deb');
    await execa('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', root, path]);
    const content = await readFile(path);
    const sha256 = createHash('sha256').update(content).digest('hex');
    await mkdir(join(folder, 'sha256'));
    await writeFile(join(folder, 'sha256', sha256), content);
    const locked = { ...packageOf(config.package, '6.12.57-1'), sha256, sizeBytes: content.length };

    const work = join(folder, 'work');
    await mkdir(work);
    expect(await debianSource.make({ ...params, config }).config?.([locked], folder, work)).toBe(
      [
        'CONFIG_EXT4_FS=m',
        '# CONFIG_SWAP is not set',
        'CONFIG_SYSTEM_TRUSTED_KEYS=""',
        'CONFIG_SYSTEM_REVOCATION_KEYS=""',
        'CONFIG_DEBUG_INFO_NONE=y',
        '',
      ].join('\n'),
    );
    expect(await debianSource.make(params).config?.([locked], folder, work)).toBeUndefined();
  });
});

test('its tree is unpacked without what no build reads, or only what Kconfig reads', async () => {
  const tree = join(folder, 'linux-source-6.12');
  const files = ['Makefile', 'Documentation/Makefile', 'Documentation/arch/x86.rst', 'mm/Kconfig', 'scripts/gcc.sh'];
  for (const file of files) {
    await mkdir(dirname(join(tree, file)), { recursive: true });
    await writeFile(join(tree, file), file);
  }
  const root = join(folder, 'deb');
  await mkdir(join(root, 'usr/src'), { recursive: true });
  await mkdir(join(root, 'DEBIAN'));
  const archive = join(root, 'usr/src/linux-source-6.12.tar.xz');
  await execa('tar', ['--create', '--xz', `--file=${archive}`, `--directory=${folder}`, 'linux-source-6.12']);
  await writeFile(
    join(root, 'DEBIAN/control'),
    'Package: linux-source-6.12\nVersion: 6.12.57-1\nArchitecture: all\nMaintainer: A <a@example>\nDescription: a\n',
  );
  const path = join(folder, 'a.deb');
  await execa('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', root, path]);
  const file = { path, filename: 'a.deb', sizeBytes: (await readFile(path)).length, sha256: '', version: '6.12.57-1' };

  const heard: number[] = [];
  const progress = (fraction: number) => heard.push(fraction);
  const source = debianSource.make(params);
  const filesIn = async (to: string) =>
    (await readdir(to, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(to.length + 1))
      .sort();
  await source.unpack(file, { folder: join(folder, 'whole'), progress });
  expect(await filesIn(join(folder, 'whole'))).toEqual([
    'Documentation/Makefile',
    'Makefile',
    'mm/Kconfig',
    'scripts/gcc.sh',
  ]);
  expect(heard.length).toBeGreaterThan(0);
  await source.unpack(file, { folder: join(folder, 'some'), progress, only: 'kconfig' });
  expect(await filesIn(join(folder, 'some'))).toEqual(['mm/Kconfig', 'scripts/gcc.sh']);
});
