/** One image on every sort of disk, and beside another disk that was made of the same definition, or is its copy. */
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import PQueue from 'p-queue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootUntil, buses, drive, type Trial } from '../e2e/buses.ts';
import { partitionsOf, readInside, rootOf } from '../e2e/disk.ts';
import { buildDefinition, inImage, ldf, scratchFolder } from '../e2e/lab.ts';

const scratch = await scratchFolder();
afterAll(scratch.remove);
const [first, second, copy] = ['disks-1-x86_64.raw', 'disks-2-x86_64.raw', 'copy.raw'] as const;

beforeAll(async () => {
  const text = (version: string) =>
    `name: disks\nversion: "${version}"\narch: x86_64\nkernel: { source: package }\nimage: { formats: [raw, qcow2] }\n`;
  for (const version of ['1', '2'])
    await buildDefinition(await scratch.write('disks.yaml', text(version)), scratch.path, { args: ['--no-boot'] });
  await copyFile(join(scratch.path, first), join(scratch.path, copy));
});

describe('the same image comes up on', { concurrent: true }, () => {
  /** The machine that runs this has more to do. */
  const queue = new PQueue({ concurrency: 2 });
  const handedOver = /^initramfs: root file system on \/dev\/\S+$/;

  it.each(Object.entries(buses))('%s', async (bus, { machine, devices }) => {
    // Debian's OVMF has no driver for this one.
    const direct = bus === 'pvscsi' ? await bootFiles() : [];
    const trial = { machine, drives: [drive('disk', first)], devices, direct };
    expect(await queue.add(() => bootUntil(scratch.path, trial, handedOver))).toMatch(handedOver);
  });
});

/** Takes kernel and initramfs out of the image's ESP, for QEMU to start them as the boot entry says. */
async function bootFiles(): Promise<string[]> {
  const esp = (await partitionsOf(join(scratch.path, first))).find(({ name }) => name === 'ESP');
  const image = `/look/${first}@@${esp?.offsetBytes}`;
  const entry = await inImage('image-packager', scratch.path, ['mtype', '-i', image, '::/loader/entries/disks.conf']);
  const value = (key: string) => new RegExp(`^${key} +(.*)$`, 'm').exec(entry)?.[1] ?? '';
  for (const key of ['linux', 'initrd'])
    await inImage(
      'image-packager',
      scratch.path,
      ['mcopy', '-n', '-i', image, `::${value(key)}`, `/look/${key}`],
      'rw',
    );
  return ['-kernel', '/look/linux', '-initrd', '/look/initrd', '-append', value('options')];
}

describe('without its disk', () => {
  it('it says what it looked for and which disks there are, and waits', async () => {
    const { machine, devices } = buses.ahci;
    const gone = 'PARTUUID=00000000-0000-4000-8000-000000000000';
    const extra = `io.systemd.boot.kernel-cmdline-extra=root=${gone}`;
    const trial = { machine, drives: [drive('disk', first)], devices, smbios: [extra] };
    const line = await bootUntil(scratch.path, trial, /^initramfs: no /);
    expect(line).toBe(`initramfs: no ${gone} within 60 s; block devices: sda sda1 sda2`);
  });
});

describe('two disks of one definition in one machine', () => {
  /** Comes up in place of the whole system, and tells where the root file system and the boot files come from. */
  const look = [
    '[Unit]',
    'DefaultDependencies=no',
    'Wants=systemd-udev-trigger.service',
    'After=systemd-udev-trigger.service',
    'RequiresMountsFor=/efi',
    '[Service]',
    'Type=oneshot',
    `ExecStart=/bin/sh -c 'echo "disks: $$(findmnt -no SOURCE /) $$(findmnt -no SOURCE /efi)" >/dev/ttyS0'`,
    '',
  ].join('\n');
  const unit = `io.systemd.credential.binary:systemd.extra-unit.look.service=${Buffer.from(look).toString('base64')}`;
  const words = 'systemd.unit=look.service systemd.default_device_timeout_sec=900 no_timer_check';
  /** Two disks in the order in which the kernel finds them; firmware starts `started`. */
  const pair = (files: readonly [string, string], started: 0 | 1, more = ''): Trial => ({
    machine: 'q35',
    drives: files.map((file, index) => drive(`disk${index}`, file)),
    devices: files.map((_, index) => `virtio-blk-pci,drive=disk${index}${index === started ? ',bootindex=0' : ''}`),
    smbios: [unit, `io.systemd.boot.kernel-cmdline-extra=${words}${more}`],
  });
  const told = /^disks: /;

  it('have names of their own, in fstab as in the partition table', async () => {
    const own = await Promise.all(
      [first, second].map(async (name) => {
        const image = join(scratch.path, name);
        const uuids = (await partitionsOf(image)).map(({ uuid }) => uuid.toLowerCase());
        return { uuids, fstab: await readInside(await rootOf(image), '/etc/fstab') };
      }),
    );
    for (const { uuids, fstab } of own) {
      for (const uuid of uuids) expect(fstab).toContain(`PARTUUID=${uuid} `);
      expect(fstab).not.toContain('LABEL=');
    }
    expect(own[0]?.uuids).not.toEqual(own[1]?.uuids);
  });

  it.each([
    ['first', 0, 'vda'],
    ['second', 1, 'vdb'],
  ] as const)('keep apart when the %s one is started', async (_, started, disk) => {
    const files = started === 0 ? ([first, second] as const) : ([second, first] as const);
    const line = await bootUntil(scratch.path, pair(files, started), told);
    expect(line).toBe(`disks: /dev/${disk}2 /dev/${disk}1`);
  });

  it('that are copies of each other are not mixed: the boot files come from the disk of the root', async () => {
    const line = await bootUntil(scratch.path, pair([first, copy], 0, ' root=/dev/vdb2'), told);
    expect(line).toBe('disks: /dev/vdb2 /dev/vdb1');
  });
});

describe('qcow2', () => {
  const info = async (name: string) =>
    JSON.parse(await inImage('image-packager', scratch.path, ['qemu-img', 'info', '--output=json', `/look/${name}`]));

  it('is compressed with zlib, which every reader of it knows, and has what the raw image has', async () => {
    expect(await info('disks-1-x86_64.qcow2')).toMatchObject({
      'format-specific': { data: { 'compression-type': 'zlib' } },
    });
    await inImage('image-packager', scratch.path, [
      'qemu-img',
      'compare',
      `/look/${first}`,
      '/look/disks-1-x86_64.qcow2',
    ]);
  });

  it('is compressed with zstd where the definition says so', async () => {
    const text = await readFile(join(scratch.path, 'disks.yaml'), 'utf8');
    const definition = await scratch.write('disks.yaml', text.replace('[raw, qcow2]', '[qcow2], compression: zstd'));
    expect((await ldf(['build', '-f', definition, '--wait', '--no-boot', '--output', scratch.path])).exitCode).toBe(0);
    expect(await info('disks-2-x86_64.qcow2')).toMatchObject({
      'format-specific': { data: { 'compression-type': 'zstd' } },
    });
  });
});
