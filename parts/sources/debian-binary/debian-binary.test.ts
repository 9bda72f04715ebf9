/** How its package is unpacked, test/unit/stage-images/kernel-builder/finished.test.ts shows. */
import { describe, expect, test } from 'vitest';
import { fakeSuite, source as packageOf, wishesSha256 } from '../../../test/fixtures/fake-suite.ts';
import { releaseOfPackage } from '../../userlands/debian/kernel-release.ts';
import { newestPackage } from '../newest-package.ts';
import { debianBinary } from './debian-binary.ts';
import { binaryPackages, debianBinaryResolver } from './resolver.ts';

const params = { suite: 'trixie', package: 'linux-image-cloud-amd64' };

test('it is told which package of which suite, and nothing else', () => {
  expect(debianBinaryResolver.make(params).asks).toBe('the package lists of trixie');
  expect(() => debianBinary.make({ suite: 'trixie' })).toThrow(/package/);
  expect(() => debianBinary.make({ ...params, flavour: 'rt' })).toThrow(/flavour/);
});

test('it must be the one of the lock', async () => {
  const source = packageOf('linux-source-6.12', '6.12.118-1', 'a');
  await expect(debianBinary.make(params).verify([source], '/none')).rejects.toThrow(
    /package linux-image-\*.*names none/,
  );
});

describe('the newest one', () => {
  const finished = packageOf('linux-image-6.12.118+deb13-cloud-amd64', '6.12.118-1', 'e');
  const newest = packageOf('linux-image-cloud-amd64', '6.12.118-1', 'f');
  const { suite } = fakeSuite([finished, newest], {
    dependencies: { [newest.name]: [finished.name], [finished.name]: ['kmod', 'linux-base', 'initramfs-tools'] },
  });
  const resolved = (name: string, version = '6.12') =>
    newestPackage(suite, binaryPackages, name, { wishesSha256, version }, undefined);

  test('is the package that the newest one of its sort depends on', async () => {
    expect(await resolved(newest.name)).toEqual({
      ...{ wishesSha256, version: '6.12.118', sourceDate: 2000, sources: [finished] },
    });
  });

  test('is told to whoever depends on it, with its release', async () => {
    const { name, version } = finished;
    const release = '6.12.118+deb13-cloud-amd64';
    expect(debianBinaryResolver.make(params).finished(await resolved(newest.name))).toEqual({ name, version, release });
    expect(releaseOfPackage(newest.name)).toBeUndefined();
    expect(releaseOfPackage(`${name}-unsigned`)).toBe(release);
  });

  test('may be named itself', async () => {
    expect((await resolved(finished.name)).sources).toEqual([finished]);
  });

  test('that is not there says which are', async () => {
    await expect(resolved('linux-image-nosuch')).rejects.toMatchObject({
      error: { code: 'kernel.unavailable', hint: 'It has linux-image-cloud-amd64.' },
    });
  });

  test('has an exact version only while it is the newest', async () => {
    await expect(resolved(newest.name, '6.12.117')).rejects.toMatchObject({
      error: { hint: expect.stringContaining('"6.12.118"') },
    });
  });
});
