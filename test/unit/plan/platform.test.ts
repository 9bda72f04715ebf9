/** The machine that an image is for: what it brings, and what does not go with it. */
import { expect, test } from 'vitest';
import { parseDefinition } from '../../../src/definition/parse.ts';
import { choicesFor } from '../../../src/plan/choices.ts';
import { chosenNames } from '../../../src/plan/components.ts';
import { plan, problems, shipped } from './planning.ts';

const board = (model: 3 | 4 | 5, more: object = {}) => ({
  name: 'board',
  arch: 'aarch64',
  platform: `raspberry-pi-${model}`,
  kernel: { source: 'package' },
  ...more,
});
const told = (definition: object) =>
  problems(definition).map(
    ({ pointer, value, message, hint }) => `${pointer} ${JSON.parse(value ?? 'null')}: ${message} (${hint})`,
  );

const paramsOf = (definition: object, stage: string) =>
  plan(definition).stages.find(({ name }) => name === stage)?.params;

test.each([3, 4, 5] as const)(
  'model %i: its boot loader, its partition, its device trees, and what the image is compared with',
  (model) => {
    const { composition } = plan(board(model));
    expect(composition.bootLoader).toEqual({ use: 'raspberry-pi', params: { settings: [] } });
    expect(composition.bootsOn).toEqual([{ use: 'raspberry-pi', params: { model: String(model) } }]);
    const [firmware] = composition.partitions;
    expect(firmware).toMatchObject({ role: 'esp', label: 'FIRMWARE', fileSystem: { use: 'vfat' } });
    expect(firmware?.mbrType).toBe(model === 5 ? undefined : 0x0c);
    expect(composition.fstab).toContain('PARTUUID={{FIRMWARE}} /boot/firmware vfat umask=0077,nofail 0 0');
    expect(composition.cmdline.map(({ word }) => word)).toEqual([
      'rootwait',
      'console=tty0',
      model === 5 ? 'console=ttyAMA10,115200' : 'console=ttyS1,115200',
    ]);
    const trees = composition.deviceTrees.map(({ name }) => name);
    expect(trees.length).toBeGreaterThan(0);
    expect(paramsOf(board(model), 'compile')).toMatchObject({ form: 'binary', deviceTrees: trees });
    expect(paramsOf(board(model), 'package')).toMatchObject({ deviceTrees: trees });
  },
);

test('what comes from another part of the archive is asked for there, by that definition alone', () => {
  const { wishes } = plan(board(4));
  expect(wishes.boot).toMatchObject({
    archiveComponents: ['non-free-firmware'],
    names: [{ name: 'busybox-static' }, { name: 'raspi-firmware' }],
  });
  expect(wishes.packages).toMatchObject({ archiveComponents: ['non-free-firmware'] });
  expect(wishes.packages.recommended.map(({ name }) => name)).toContain('firmware-brcm80211');
  const usual = plan({ name: 'usual', arch: 'aarch64' }).wishes;
  expect(usual.boot).not.toHaveProperty('archiveComponents');
  expect(usual.packages).not.toHaveProperty('archiveComponents');
});

test('a partition for the firmware that a definition asks for is what the component has, with its options', () => {
  const partitions = [
    { role: 'esp', size: '256M', options: ['noatime'] },
    { mount: '/', grow: true },
  ];
  const { composition } = plan(board(4, { image: { size: '4G', partitions } }));
  expect(composition.partitions[0]).toMatchObject({ role: 'esp', label: 'ESP', size: '256M', mbrType: 0x0c });
  expect(composition.fstab).toContain('PARTUUID={{ESP}} /boot/firmware vfat umask=0077,nofail,noatime 0 0');
  expect(composition.growth).toBeDefined();
});

test.each([
  [
    'another architecture',
    board(4, { arch: 'x86_64' }),
    [
      '/platform raspberry-pi-4: platform/raspberry-pi-4 does not support x86_64 (It supports aarch64; choose another platform or another arch.)',
    ],
  ],
  [
    'a name that there is not',
    board(4, { platform: 'raspbery-pi-4' }),
    [expect.stringMatching(/^\/platform raspbery-pi-4: there is no component .*Did you mean raspberry-pi-4/)],
  ],
  [
    'hardware',
    board(4, { platform: 'swap' }),
    [
      expect.stringMatching(
        /^\/platform swap: platform\/swap is no machine .*Name it under hardware; platform is one of cloud, qemu-virt, raspberry-pi-3/,
      ),
    ],
  ],
  [
    'a board under hardware',
    { name: 'x', arch: 'aarch64', hardware: ['raspberry-pi-4'] },
    [
      '/hardware/0 raspberry-pi-4: platform/raspberry-pi-4 is a machine with firmware of its own, which an image is for as a whole (Write platform: raspberry-pi-4.)',
    ],
  ],
  [
    'a boot loader for UEFI',
    board(4, { bootloader: 'grub' }),
    [
      '/bootloader grub: bootloader/grub requires firmware:uefi, which platform/raspberry-pi-4 (/platform) rules out (Leave bootloader/grub out, or choose another for platform/raspberry-pi-4.)',
    ],
  ],
  [
    'its boot loader without it',
    { name: 'x', arch: 'aarch64', bootloader: 'raspberry-pi' },
    [expect.stringMatching(/^\/bootloader raspberry-pi: .* requires firmware:raspberry-pi.*platform: raspberry-pi-3/)],
  ],
  [
    'a live system',
    board(5, { image: { formats: ['iso'] } }),
    [expect.stringMatching(/conflicts with format\/iso \(\/image\/formats\/0\)/)],
  ],
  [
    'a disk of a hypervisor',
    board(5, { image: { formats: ['raw', 'vmdk'] } }),
    [expect.stringMatching(/conflicts with format\/vmdk \(\/image\/formats\/1\)/)],
  ],
  [
    'Secure Boot',
    board(4, { signing: { secureBoot: 'own' } }),
    [
      expect.stringMatching(/^\/signing\/secureBoot own: .*whose signature nobody checks/),
      expect.stringMatching(/^\/signing\/secureBoot own: there is no key set/),
    ],
  ],
  [
    'machines with other firmware',
    board(4, { hardware: ['real-machines'] }),
    [
      expect.stringMatching(
        /^\/hardware\/0 real-machines: .* requires platform:uefi, which platform\/raspberry-pi-4 \(\/platform\) rules out/,
      ),
    ],
  ],
])('is refused with a way out: %s', (_, definition, expected) => {
  expect(told(definition)).toEqual(expected);
});

test('platform: qemu-virt, cloud and real-machines start by UEFI, as an image does whose definition names none', () => {
  for (const platform of ['qemu-virt', 'cloud', 'real-machines']) {
    const { composition } = plan({ name: 'x', arch: 'aarch64', platform });
    expect(composition.bootLoader.use).toBe('systemd-boot');
    expect(composition.bootsOn).toEqual([{ use: 'uefi', params: {} }]);
    expect(composition.components.find(({ component }) => component.name === platform)?.origin).toMatchObject({
      pointer: '/platform',
    });
  }
});

test('a boot loader that nobody named gives way where a board is chosen, and is none that a definition has chosen', () => {
  const definition = parseDefinition({ name: 'x', arch: 'aarch64' });
  const choice = choicesFor(definition, shipped).find(({ name }) => name === 'raspberry-pi-4');
  expect(choice).toMatchObject({ kind: 'platform', chosen: false, problems: [] });
  expect(chosenNames(definition)).toContainEqual({ kind: 'bootloader', name: 'systemd-boot' });
  const chosen = chosenNames(parseDefinition(board(4)));
  expect(chosen).toContainEqual({ kind: 'platform', name: 'raspberry-pi-4' });
  expect(chosen.filter(({ kind }) => kind === 'bootloader')).toEqual([]);
});

test('platform: qemu-virt asks for the same as it does under hardware', () => {
  const keysOf = (more: object) => plan({ name: 'x', arch: 'aarch64', ...more }).stages.map(({ key }) => key);
  expect(keysOf({ platform: 'qemu-virt' })).toEqual(keysOf({ hardware: ['qemu-virt'] }));
});
