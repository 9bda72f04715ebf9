/** A disk of many partitions: what is in each, that it boots with all of them, and that it grows with a larger disk. */
import { copyFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MiB } from '../../parts/units.ts';
import type { Build } from '../../src/model/build.ts';
import { type Partition, partitionsOf } from './disk.ts';
import { bootGuest, type Guest } from './guest.ts';
import { buildDefinition, inImage, scratchFolder, stageImageId } from './lab.ts';

const name = 'divided';
const file = `${name}-0.1-x86_64.raw`;
const moreBytes = 2048 * MiB;

const definition = `
name: ${name}
arch: x86_64
kernel: { source: package-cloud }
system:
  files:
    - { path: /home/note, content: "at home\\n", mode: "0640" }
    - { path: /srv/catalog/list, content: "one\\n" }
image:
  size: 1500M
  partitions:
    - { role: esp }
    - { mount: /, size: 50% }
    - { mount: /home, size: 64MiB, label: people, options: [nosuid, noatime] }
    - { mount: /srv/large, filesystem: xfs }
    - { mount: /var, grow: true }
    - { swap: true, size: 64M }
    - { mount: /srv/catalog, filesystem: squashfs }
`;

const scratch = await scratchFolder();
const output = join(scratch.path, 'out');
const disk = join(output, file);
let built: Build;
let partitions: Partition[];

beforeAll(async () => {
  // It is booted below, with a larger disk.
  built = await buildDefinition(await scratch.write('divided.yaml', definition), output, { args: ['--no-boot'] });
  partitions = await partitionsOf(disk);
});
afterAll(scratch.remove);

describe('a disk of many partitions', () => {
  it('is built', () => {
    expect(built).toMatchObject({ state: 'succeeded', verdict: null });
  });

  it('has a table that sfdisk finds no fault with, the growing partition last', async () => {
    const { stdout } = await execa('/sbin/sfdisk', ['--verify', disk]);
    expect(stdout).toContain('No errors detected');
    expect(partitions.map((one) => [one.name, one.type.slice(0, 8), Math.round(one.sizeBytes / MiB)])).toEqual([
      ['ESP', 'C12A7328', 64],
      ['root', '4F68BCE3', 749],
      ['people', '933AC7E1', 64],
      ['srv-large', '0FC63DAF', 300],
      ['swap', '0657FD6D', 64],
      ['srv-catalog', '0FC63DAF', 1],
      ['var', '4D21B016', expect.any(Number)],
    ]);
    const end = Math.max(...partitions.map(({ offsetBytes, sizeBytes }) => offsetBytes + sizeBytes));
    expect(end).toBe(1499 * MiB);
  });

  it('has in each what the root file system has there, and an empty folder in its place', async () => {
    const inside = (label: string, path: string) => {
      const offset = partitions.find((one) => one.name === label)?.offsetBytes;
      return execa('/sbin/debugfs', ['-R', path, `${disk}?offset=${offset}`]).then(({ stdout }) => stdout);
    };
    expect(await inside('people', 'cat /note')).toBe('at home');
    expect(await inside('people', 'stat /note')).toMatch(/Mode: +0640/);
    expect(await inside('var', 'stat /lib/dpkg/status')).toContain('Type: regular');
    // Itself and the one above it.
    for (const folder of ['/home', '/var', '/srv/catalog'])
      expect((await inside('root', `ls -p ${folder}`)).trim().split('\n')).toHaveLength(2);
    const catalog = partitions.find((one) => one.name === 'srv-catalog')?.offsetBytes ?? 0;
    const listed = ['unsquashfs', '-quiet', '-offset', String(catalog), '-cat', `/look/${file}`, 'list'];
    expect(await inImage('image-packager', output, listed)).toBe('one');
  });
});

describe('a copy of it on a disk that is 2 GiB larger', () => {
  const larger = join(output, 'larger.raw');
  let guest: Guest;

  beforeAll(async () => {
    await copyFile(disk, larger);
    await truncate(larger, 1500 * MiB + moreBytes);
    guest = await bootGuest({ disk: larger, image: await stageImageId('boot-tester'), rootShell: true });
    await guest.takeShell();
  });
  afterAll(() => guest.stop());

  it('has every partition where it belongs', async () => {
    const mounted = await guest.run(
      'findmnt --real --noheadings --raw --output TARGET,PARTLABEL,FSTYPE,OPTIONS | sort',
    );
    expect(mounted).toMatch(/^\/ +root +ext4 +rw/m);
    expect(mounted).toMatch(/^\/home +people +ext4 +rw,nosuid,(\S*,)?noatime/m);
    expect(mounted).toMatch(/^\/srv\/catalog +srv-catalog +squashfs +ro/m);
    expect(mounted).toMatch(/^\/srv\/large +srv-large +xfs +rw/m);
    expect(mounted).toMatch(/^\/var +var +ext4 +rw/m);
    expect(await guest.run('cat /home/note /srv/catalog/list')).toBe('at home\none');
    expect(await guest.run('swapon --noheadings --show=TYPE,SIZE')).toMatch(/^partition +64M$/);
  });

  it('has grown: the partition to the end of the disk, and its file system with it', async () => {
    const before = partitions.find((one) => one.name === 'var')?.sizeBytes ?? 0;
    const partition = await guest.run('blockdev --getsize64 "$(findmnt --noheadings --output SOURCE /var)"');
    // Behind it is the second copy of the table, which systemd-repart(8) gives up to a MiB.
    expect(Number(partition)).toBeGreaterThan(before + moreBytes - 2 * MiB);
    const bytes = await guest.run('findmnt --noheadings --bytes --output SIZE /var');
    expect(Number(bytes)).toBeGreaterThan((before + moreBytes) * 0.9);
  });

  it('has no failed unit, and finds nothing more to grow', async () => {
    expect(await guest.run('systemctl list-units --failed --plain --no-legend')).toBe('');
    expect(await guest.run('systemd-repart --dry-run=yes 2>&1')).toContain('No changes.');
  });
});
