/** Images for another architecture: what stand-ins make is what an emulator makes, and every boot loader starts. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { Lock } from '../../src/stages/lock.ts';
import { buildDefinition, ldf, scratchFolder, smallSystem } from '../e2e/lab.ts';

const scratch = await scratchFolder();
afterAll(scratch.remove);

describe('the root file system of another architecture', () => {
  const definition = `name: twin
arch: aarch64
kernel: { source: package-cloud }
userland:
  packages:
    - ca-certificates
    - cron
    - dbus
    - fontconfig
    - libcap2-bin
    - libgdk-pixbuf-2.0-0
    - libglib2.0-bin
    - locales
    - man-db
    - mtr-tiny
    - nginx-light
    - openssh-server
    - python3
    - sudo
system: { locale: de_DE.UTF-8, users: [{ name: ops, sudo: true }] }
image: { formats: [tar] }
`;

  it('is the same, file by file, whether programs of this machine stand in or all of it is emulated', async () => {
    const file = await scratch.write('twin.yaml', definition);
    const listed: string[] = [];
    for (const output of ['standing-in', 'emulated']) {
      await buildDefinition(file, join(scratch.path, output), { args: ['--no-boot'] });
      const tar = join(scratch.path, output, 'twin-0.1-aarch64.tar');
      await execa('mkdir', ['-p', join(scratch.path, output, 'root')]);
      await execa('tar', ['-C', join(scratch.path, output, 'root'), '--xattrs', '--exclude=./dev/*', '-xpf', tar]);
      listed.push((await execa('tar', ['--list', '--verbose', '--xattrs', '--numeric-owner', '-f', tar])).stdout);
      await withoutTwins(join(scratch.path, 'twin.lock'));
    }
    const { stdout } = await execa(
      'diff',
      ['--recursive', '--brief', '--no-dereference', 'standing-in/root', 'emulated/root'],
      { cwd: scratch.path, reject: false },
    );
    expect(stdout.split('\n').slice(0, 50).join('\n')).toBe('');
    expect(listed[0] === listed[1]).toBe(true);
  });
});

/** What is not named by the lock cannot stand in. */
async function withoutTwins(path: string): Promise<void> {
  const lock = Lock.parse(JSON.parse(await readFile(path, 'utf8')));
  const packages = lock.packages?.native?.packages.filter(({ name }) => ['qemu-user', 'busybox-static'].includes(name));
  expect(packages).toHaveLength(2);
  const native = { ...lock.packages?.native, packages };
  await scratch.write('twin.lock', JSON.stringify({ ...lock, packages: { ...lock.packages, native } }));
}

describe('an image of another architecture comes up', () => {
  it.each([
    ['grub', 'squashfs', 'qcow2'],
    ['uki', 'erofs', 'raw'],
    ['systemd-boot', 'ext4', 'iso'],
  ])('with %s, %s and %s', async (bootloader, filesystem, format) => {
    const name = `arm-${bootloader}`;
    const definition = {
      ...{ ...smallSystem(name), arch: 'aarch64' },
      ...{ bootloader, filesystem },
      image: { formats: [format] },
    };
    const build = await buildDefinition(
      await scratch.write(`${name}.json`, JSON.stringify(definition)),
      join(scratch.path, name),
    );
    expect(build.verdict).toMatchObject({ bootable: true });
  });

  it('signed, where the firmware checks that', async () => {
    await ldf(['keys', 'create', 'arm']);
    const definition = {
      ...{ ...smallSystem('arm-signed'), arch: 'aarch64' },
      signing: { secureBoot: 'arm' },
    };
    const build = await buildDefinition(
      await scratch.write('arm-signed.json', JSON.stringify(definition)),
      join(scratch.path, 'arm-signed'),
    );
    expect(build.verdict).toMatchObject({ bootable: true });
  });
});
