import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BootFacts } from '../boot-loader.ts';
import { raspberryPi } from './raspberry-pi.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-raspberry-pi-'));
});
afterEach(() => rm(folder, { recursive: true }));

const tools = {
  work: '/work',
  bootFile: async (path: string) => `/unpacked${path}`,
  run: () => Promise.reject(new Error('no program is needed')),
};

async function install(more: Partial<BootFacts> = {}, params: object = {}, magic = 'ARM\x64') {
  const kernel = join(folder, 'vmlinuz');
  await writeFile(kernel, Buffer.concat([Buffer.alloc(56), Buffer.from(magic, 'latin1'), Buffer.alloc(64)]));
  const facts: BootFacts = {
    arch: 'aarch64',
    name: 'edge',
    version: '1.2',
    title: 'edge 1.2',
    release: '6.12.57-gw',
    cmdline: 'root=PARTUUID=1 ro console=ttyS1,115200 quiet',
    plainCmdline: 'root=PARTUUID=1 ro console=ttyS1,115200',
    kernel,
    initramfs: '/in/initrd',
    deviceTrees: [{ name: 'broadcom/bcm2711-rpi-4-b.dtb', file: '/in/dtb/broadcom/bcm2711-rpi-4-b.dtb' }],
    imageId: '0-1',
    biosBoot: null,
    ...more,
  };
  return { kernel, placements: await raspberryPi.make(params).install(facts, tools) };
}

test('everything is beside each other, where the firmware looks, with config.txt and the command line', async () => {
  const { kernel, placements } = await install();
  const config = [
    'arm_64bit=1',
    'enable_uart=1',
    'upstream_kernel=1',
    'kernel=vmlinuz-6.12.57-gw',
    'initramfs initrd.img-6.12.57-gw followkernel',
  ];
  expect(placements).toEqual([
    { at: 'esp', path: 'vmlinuz-6.12.57-gw', file: kernel },
    { at: 'esp', path: 'initrd.img-6.12.57-gw', file: '/in/initrd' },
    { at: 'esp', path: 'bcm2711-rpi-4-b.dtb', file: '/in/dtb/broadcom/bcm2711-rpi-4-b.dtb' },
    { at: 'esp', path: 'config.txt', content: `${config.join('\n')}\n` },
    { at: 'esp', path: 'cmdline.txt', content: 'root=PARTUUID=1 ro console=ttyS1,115200 quiet\n' },
  ]);
});

test('a component’s own settings come last, and no initramfs is named where there is none', async () => {
  const { placements } = await install({ initramfs: null }, { settings: ['dtparam=audio=on'] });
  const config = placements.find((placement) => 'path' in placement && placement.path === 'config.txt');
  expect(config).toMatchObject({ content: expect.stringMatching(/kernel=vmlinuz-6\.12\.57-gw\ndtparam=audio=on\n$/) });
  expect(placements.map((placement) => ('path' in placement ? placement.path : ''))).not.toContain(
    'initrd.img-6.12.57-gw',
  );
});

test('a kernel that the firmware would not start is refused', async () => {
  await expect(install({}, {}, 'zimg')).rejects.toMatchObject({ error: { code: 'boot.kernel-unfit' } });
});

test.each(['a=1\nkernel=x', '', 'x'.repeat(99)])('%j is no line of config.txt', (line) => {
  expect(() => raspberryPi.make({ settings: [line] })).toThrow(/settings/);
});
