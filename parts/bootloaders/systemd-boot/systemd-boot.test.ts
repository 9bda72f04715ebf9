import { expect, test } from 'vitest';
import type { BootFacts } from '../boot-loader.ts';
import { systemdBoot } from './systemd-boot.ts';

const facts: BootFacts = {
  arch: 'x86_64',
  name: 'edge',
  version: '1.2',
  title: 'Edge gateway 1.2',
  release: '6.12.57-gw',
  cmdline: 'root=PARTUUID=1 ro console=ttyS0',
  plainCmdline: 'root=PARTUUID=1 ro console=ttyS0',
  kernel: '/in/vmlinuz',
  initramfs: null,
  deviceTrees: [],
  imageId: '0-1',
  biosBoot: null,
};
const tools = {
  work: '/work',
  bootFile: async (path: string) => `/unpacked${path}`,
  run: () => Promise.reject(new Error('no program is needed')),
};

test('an entry follows the Boot Loader Specification, all on the EFI system partition', async () => {
  const text = [
    'title      Edge gateway 1.2',
    'version    6.12.57-gw',
    'sort-key   edge',
    'linux      /edge/6.12.57-gw/linux',
    'options    root=PARTUUID=1 ro console=ttyS0',
    '',
  ].join('\n');
  const placements = await systemdBoot.make({}).install(facts, tools);
  expect(placements.slice(3)).toEqual([
    { at: 'esp', path: 'edge/6.12.57-gw/linux', file: '/in/vmlinuz' },
    { at: 'esp', path: 'loader/entries/edge.conf', content: text },
  ]);
});

test('it brings and names the initramfs when there is one', async () => {
  const placements = await systemdBoot.make({}).install({ ...facts, initramfs: '/tmp/initrd' }, tools);
  expect(placements[4]).toEqual({ at: 'esp', path: 'edge/6.12.57-gw/initrd', file: '/tmp/initrd' });
  expect(placements[5]).toMatchObject({
    content: expect.stringMatching(/^initrd +\/edge\/6\.12\.57-gw\/initrd$/m),
  });
});

test('it is where firmware looks, under the name of the architecture, with the settings that are asked for', async () => {
  const file = '/unpacked/usr/lib/systemd/boot/efi/systemd-bootaa64.efi';
  const params = { timeoutSeconds: 0, consoleMode: 2, editor: true };
  const placements = await systemdBoot.make(params).install({ ...facts, arch: 'aarch64' }, tools);
  expect(placements.slice(0, 3)).toEqual([
    { at: 'esp', path: 'EFI/BOOT/BOOTAA64.EFI', file },
    { at: 'esp', path: 'EFI/systemd/systemd-bootaa64.efi', file },
    { at: 'esp', path: 'loader/loader.conf', content: 'timeout 0\nconsole-mode 2\neditor yes\n' },
  ]);
  const [, , usual] = await systemdBoot.make({}).install(facts, tools);
  expect(usual).toMatchObject({ content: 'timeout 1\nconsole-mode keep\neditor no\n' });
});

test('of a signed image it brings what enrols the key, and leaves it to a person to do so', async () => {
  const enrolment = ['PK.auth', 'KEK.auth', 'db.auth'].map((name) => ({ name, file: `/signed/${name}` }));
  const placements = await systemdBoot.make({}).install(facts, { ...tools, enrolment });
  expect(placements).toEqual(
    expect.arrayContaining([
      ...enrolment.map(({ name, file }) => ({ at: 'esp', path: `loader/keys/auto/${name}`, file })),
      expect.objectContaining({
        path: 'loader/loader.conf',
        content: expect.stringMatching(/^secure-boot-enroll manual$/m),
      }),
    ]),
  );
});
