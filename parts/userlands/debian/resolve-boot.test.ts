import { describe, expect, test } from 'vitest';
import { fromComponent } from '../../../src/stages/origin.ts';
import { failureOf, fakeSuite, source, wishesSha256 } from '../../../test/fixtures/fake-suite.ts';
import { resolveBoot } from './resolve-boot.ts';

describe('boot packages', () => {
  const loader = source('systemd-boot-efi', '257.9-1', 'd');
  const tool = source('busybox-static', '1:1.37.0-6', 'e');
  const wish = (...names: string[]) => ({
    wishesSha256,
    suite: 'trixie',
    names: names.map((name) => ({ name, from: fromComponent(`component/${name}`) })),
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
