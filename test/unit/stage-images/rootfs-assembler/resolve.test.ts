import { describe, expect, test } from 'vitest';
import type { KernelForm } from '../../../../src/stages/kernel-form.ts';
import type { KernelWish } from '../../../../src/stages/resolve/contract.ts';
import { resolveBoot } from '../../../../stage-images/rootfs-assembler/resolve-boot.ts';
import {
  isOfSeries,
  resolveKernel,
  upstreamVersion,
} from '../../../../stage-images/rootfs-assembler/resolve-kernel.ts';
import { failureOf, fakeSuite, source, wishesSha256 } from '../../../fixtures/fake-suite.ts';

describe('the kernel', () => {
  const kernel = source('linux-source-6.12', '6.12.57-1~deb13u1', 'b');
  const wish = (version: string, name = 'linux-source-6.12', form: KernelForm = 'source'): KernelWish => ({
    ...{ wishesSha256, form, suite: 'trixie', package: name, version },
  });

  test('a series takes what there is', async () => {
    const group = await resolveKernel(fakeSuite([kernel]).suite, wish('6.12'), undefined);
    expect(group).toEqual({ wishesSha256, version: '6.12.57', sourceDate: 2000, sources: [kernel] });
  });

  test('the same source keeps its date', async () => {
    const previous = { wishesSha256, version: '6.12.57', sourceDate: 1000, sources: [kernel] };
    expect((await resolveKernel(fakeSuite([kernel]).suite, wish('6.12'), previous)).sourceDate).toBe(1000);
  });

  test('an exact version that is not there says which is', async () => {
    const { error } = await failureOf(resolveKernel(fakeSuite([kernel]).suite, wish('6.12.1'), undefined));
    expect(error).toMatchObject({ code: 'kernel.unavailable', details: [{ pointer: '/kernel/version' }] });
    expect(error.hint).toContain('"6.12.57"');
  });

  test('a series that is not there says which are', async () => {
    const asked = resolveKernel(fakeSuite([kernel]).suite, wish('6.99', 'linux-source-6.99'), undefined);
    expect((await failureOf(asked)).error.hint).toBe('It has linux-source-6.12.');
  });

  describe('that comes finished', () => {
    const finished = source('linux-image-6.12.118+deb13-cloud-amd64', '6.12.118-1', 'e');
    const newest = source('linux-image-cloud-amd64', '6.12.118-1', 'f');
    const wished = (name: string, version = '6.12') => wish(version, name, 'binary');
    const { suite } = fakeSuite([finished, newest], {
      dependencies: {
        [newest.name]: [finished.name],
        [finished.name]: ['kmod', 'linux-base', 'initramfs-tools'],
      },
    });

    test('is the package that the newest one of its sort depends on', async () => {
      const group = await resolveKernel(suite, wished(newest.name), undefined);
      expect(group).toEqual({ wishesSha256, version: '6.12.118', sourceDate: 2000, sources: [finished] });
    });

    test('may be named itself', async () => {
      expect((await resolveKernel(suite, wished(finished.name), undefined)).sources).toEqual([finished]);
    });

    test('that is not there says which are', async () => {
      const { error } = await failureOf(resolveKernel(suite, wished('linux-image-nosuch'), undefined));
      expect(error).toMatchObject({ code: 'kernel.unavailable', hint: 'It has linux-image-cloud-amd64.' });
    });

    test('has an exact version only while it is the newest', async () => {
      const { error } = await failureOf(resolveKernel(suite, wished(newest.name, '6.12.117'), undefined));
      expect(error.hint).toContain('"6.12.118"');
    });
  });

  test('versions', () => {
    expect(upstreamVersion('2:6.12.57-1~deb13u1')).toBe('6.12.57');
    expect(upstreamVersion('6.1-rc-2')).toBe('6.1-rc');
    expect(isOfSeries('6.12.57', '6.12')).toBe(true);
    expect(isOfSeries('6.12.57', '6.1')).toBe(false);
    expect(isOfSeries('6.12.57', '6.12.5')).toBe(false);
  });
});

describe('boot packages', () => {
  const loader = source('systemd-boot-efi', '257.9-1', 'd');
  const tool = source('busybox-static', '1:1.37.0-6', 'e');
  const wish = (...names: string[]) => ({
    wishesSha256,
    suite: 'trixie',
    names: names.map((name) => ({ name, from: `component/${name}` })),
  });

  test('are exactly those that are asked for; the same files keep their date', async () => {
    const { suite, asked } = fakeSuite([source('base-files', '13.8'), tool, loader]);
    const group = await resolveBoot(suite, wish('busybox-static', 'systemd-boot-efi'), undefined);
    expect(group).toEqual({ wishesSha256, sourceDate: 2000, packages: [tool, loader] });
    expect(asked).toEqual([]);
    const before = { ...group, sourceDate: 1000, packages: [loader, tool] };
    expect((await resolveBoot(suite, wish('busybox-static', 'systemd-boot-efi'), before)).sourceDate).toBe(1000);
    const other = { ...before, packages: [loader] };
    expect((await resolveBoot(suite, wish('busybox-static', 'systemd-boot-efi'), other)).sourceDate).toBe(2000);
  });

  test('that the suite does not have are told, each with who wants it', async () => {
    const { suite } = fakeSuite([tool]);
    const failure = await failureOf(resolveBoot(suite, wish('systemd-boot-efi', 'busybox-static', 'shim'), undefined));
    expect(failure.error.code).toBe('boot.package-unknown');
    expect(failure.error.details?.map(({ message }) => message)).toEqual([
      'trixie has no package systemd-boot-efi for amd64 (wanted by component/systemd-boot-efi for the boot).',
      'trixie has no package shim for amd64 (wanted by component/shim for the boot).',
    ]);
    expect(failure.error.hint).toContain('bootPackages');
  });
});
