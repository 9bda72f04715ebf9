import { describe, expect, test } from 'vitest';
import { fromDefinition } from '../../../src/stages/origin.ts';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import { fakeSuite, source, wishesSha256 } from '../../../test/fixtures/fake-suite.ts';
import { judgeKernelPackages } from './kernel-packages.ts';
import { resolvePackages } from './resolve-packages.ts';

describe('packages that change how the system boots', () => {
  const image = { name: 'linux-image-6.12.118+deb13-cloud-amd64', version: '6.12.118-1' };
  const headers = 'linux-headers-6.12.118+deb13-cloud-amd64';
  const stanza = (name: string, fields: Record<string, string> = {}) =>
    new Map(Object.entries({ package: name, ...fields }));
  const asked = (...names: string[]) => ({
    names: names.map((name, index) => ({ name, from: fromDefinition(`/userland/packages/${index}`) })),
    recommended: [],
  });
  const refused = (stanzas: Map<string, string>[], names: string[], kernel: typeof image | undefined) => {
    try {
      judgeKernelPackages(stanzas, asked(...names), kernel);
    } catch (error) {
      if (error instanceof StageFailure) return error.error;
      throw error;
    }
    throw new Error('nothing was refused');
  };
  const dkms = [
    stanza('acpi-call-dkms', { depends: 'dkms' }),
    stanza('dkms', { depends: 'make' }),
    stanza('make'),
    stanza('linux-headers-cloud-amd64', { depends: `${headers} (= 6.12.118-1)` }),
    stanza(headers, {
      depends: `${image.name} (= 6.12.118-1) | ${image.name}-unsigned, linux-headers-6.12.118+deb13-common`,
    }),
    stanza('linux-headers-6.12.118+deb13-common'),
  ];

  test("headers of the image's own kernel, and modules compiled with them, are taken; the lock names the kernel", async () => {
    expect(judgeKernelPackages(dkms, asked('acpi-call-dkms', 'linux-headers-cloud-amd64'), image)).toBe(true);
    expect(judgeKernelPackages([stanza('vim')], asked('vim'), image)).toBe(false);
    const packages = dkms.map((one) => source(one.get('package') ?? '', '1'));
    const control = Object.fromEntries(dkms.map((one) => [one.get('package') ?? '', Object.fromEntries(one)]));
    const { suite, installed } = fakeSuite(packages, { control });
    const wish = { wishesSha256, suite: 'trixie', ...asked('acpi-call-dkms', 'linux-headers-cloud-amd64') };
    expect((await resolvePackages(suite, wish, undefined, { kernel: image })).kernel).toEqual(image);
    expect(installed.join()).toContain(`Provides: ${image.name} (= 6.12.118-1)\n`);
  });

  test('a module without headers is refused, with the headers that would do', () => {
    expect(refused(dkms.slice(0, 3), ['acpi-call-dkms'], image)).toMatchObject({
      code: 'packages.boot-foreign',
      message: expect.stringMatching(/^acpi-call-dkms compiles a module with the headers of the kernel/),
      hint: expect.stringContaining('Ask for linux-headers-cloud-amd64'),
      details: [{ pointer: '/userland/packages/0', value: '"acpi-call-dkms"' }],
    });
  });

  test('a kernel that is compiled has no headers to be had', () => {
    const { details } = refused(dkms, ['acpi-call-dkms', 'linux-headers-cloud-amd64'], undefined);
    expect(details).toMatchObject([
      { pointer: '/userland/packages/0', message: expect.stringContaining('acpi-call-dkms') },
      {
        pointer: '/userland/packages/1',
        message: expect.stringMatching(/^linux-headers-6.* \(drawn in by linux-headers-cloud-amd64\) has the headers/),
        hint: expect.stringContaining('kernel.source'),
      },
    ]);
  });

  test('headers of another kernel are refused, and the kernel and initramfs that they draw in are not told again', () => {
    const stanzas = [
      stanza('linux-headers-amd64', { depends: 'linux-headers-6.12.118+deb13-amd64' }),
      stanza('linux-headers-6.12.118+deb13-amd64', { depends: 'linux-image-6.12.118+deb13-amd64' }),
      stanza('linux-image-6.12.118+deb13-amd64', { depends: 'initramfs-tools | linux-initramfs-tool' }),
      stanza('initramfs-tools', { provides: 'linux-initramfs-tool' }),
    ];
    expect(refused(stanzas, ['linux-headers-amd64'], image)).toMatchObject({
      message: expect.stringContaining('(drawn in by linux-headers-amd64) has the headers of a kernel'),
      hint: expect.stringContaining('linux-headers-cloud-amd64'),
    });
  });

  test.each([
    [[stanza('linux-image-amd64')], 'is a second kernel'],
    [[stanza('grub-pc')], 'is a boot loader'],
    [[stanza('grub-efi-amd64')], 'is a boot loader'],
    [[stanza('dracut', { provides: 'linux-initramfs-tool' })], 'makes an initramfs'],
    [[stanza('cryptsetup-initramfs')], 'adds to an initramfs'],
  ])('%#: each is told in a sentence', (stanzas, sentence) => {
    const name = stanzas[0]?.get('package') ?? '';
    expect(refused(stanzas, [name], image).message).toContain(`${name} ${sentence}`);
  });

  test('a program that makes an initramfs is taken where another package needs it', () => {
    const stanzas = [
      stanza('plymouth', { depends: 'initramfs-tools | dracut' }),
      stanza('initramfs-tools', { provides: 'linux-initramfs-tool' }),
    ];
    expect(judgeKernelPackages(stanzas, asked('plymouth'), image)).toBe(false);
    expect(refused(stanzas, ['initramfs-tools'], image).message).toContain('initramfs-tools makes an initramfs');
  });

  test('what only sounds like them is taken', () => {
    const names = [
      'grub-common',
      'grub-pc-bin',
      'mdadm',
      'cryptsetup',
      'lvm2',
      'linux-image-6.1-amd64-dbg',
      'dkms',
      'linux-libc-dev',
    ];
    expect(
      judgeKernelPackages(
        names.map((name) => stanza(name)),
        asked(...names),
        image,
      ),
    ).toBe(false);
  });
});
