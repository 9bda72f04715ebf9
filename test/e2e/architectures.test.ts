/** An image for the architecture that this machine does not have, and with an initramfs that its own dracut makes. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Build } from '../../src/model/build.ts';
import { Lock } from '../../src/stages/lock.ts';
import { readCpio } from './cpio.ts';
import { partitionsOf, readInside, rootOf, statInside } from './disk.ts';
import { buildDefinition, inImage, ldf, scratchFolder } from './lab.ts';

const scratch = await scratchFolder();
afterAll(scratch.remove);

// mtr has a file capability from a script, ssh-agent its group.
const definition = `name: sensor
arch: aarch64
kernel: { source: package-cloud }
initramfs: dracut
userland: { packages: [libcap2-bin, mtr-tiny, openssh-server] }
system:
  files: [{ path: /etc/dracut.conf.d/10-own.conf, content: install_items+=" /etc/debian_version " }]
`;

async function initramfsOf(output: string, name: string) {
  const image = `${name}-0.1-aarch64.raw`;
  const esp = (await partitionsOf(join(output, image))).find((partition) => partition.name === 'ESP');
  const disk = ['-i', `/look/${image}@@${esp?.offsetBytes}`];
  const listed = await inImage('image-packager', output, ['mdir', '-/', '-b', ...disk, `::/${name}`]);
  const path = listed.split('\n').find((line) => line.endsWith('/initrd')) ?? '';
  await inImage('image-packager', output, ['mcopy', ...disk, path, '/look/initrd'], 'rw');
  await inImage('image-packager', output, ['zstd', '-q', '-d', '/look/initrd', '-o', '/look/initrd.cpio'], 'rw');
  return readCpio(await readFile(join(output, 'initrd.cpio')));
}

describe('arch: aarch64 on x86_64', () => {
  const output = join(scratch.path, 'out');
  const image = join(output, 'sensor-0.1-aarch64.raw');
  let build: Build;

  beforeAll(async () => {
    build = await buildDefinition(await scratch.write('sensor.yaml', definition), output);
  });

  it('comes up, and its check is heard', async () => {
    expect(build).toMatchObject({ arch: 'aarch64', verdict: { bootable: true } });
    const { stdout } = await ldf(['logs', build.id, '--stage', 'boot']);
    expect(stdout).toContain('systemd was asked for failed units; / is ext4');
  });

  it('has mounted its root by systemd out of the initramfs, which has programs of its architecture and what its configuration adds', async () => {
    const console = await readFile(`${image}.console.log`, 'utf8');
    expect(console).toContain('Running in initrd');
    expect(console).toMatch(/Reached target .*initrd-switch-root\.target/);
    const files = new Map((await initramfsOf(output, 'sensor')).map(({ path, data }) => [path, data]));
    expect([...files.keys()]).toContain('etc/debian_version');
    expect(files.get('usr/lib/systemd/systemd')?.readUInt16LE(18)).toBe(183);
  });

  it('has programs of its architecture alone, with what scripts have made of them', async () => {
    const root = await rootOf(image);
    for (const path of [
      '/usr/bin/dpkg',
      '/usr/bin/sed',
      '/usr/bin/perl',
      '/usr/sbin/ldconfig',
      '/usr/bin/mtr-packet',
    ]) {
      const file = join(scratch.path, 'program');
      await execa('/sbin/debugfs', ['-R', `dump ${path} ${file}`, root]);
      // e_machine of elf(5): EM_AARCH64.
      expect((await readFile(file)).readUInt16LE(18), path).toBe(183);
    }
    expect(await statInside(root, '/usr/bin/mtr-packet')).toContain('security.capability');
    expect(await statInside(root, '/usr/bin/ssh-agent')).toMatch(/Mode: +02755/);
    expect(await readInside(root, '/var/lib/dpkg/status')).not.toMatch(/^Architecture: amd64$/m);
  });

  it('has nothing left of the programs that stood in, not in its bill of materials either', async () => {
    const root = await rootOf(image);
    for (const path of ['/ldf-native', '/lib64', '/usr/lib/x86_64-linux-gnu', '/usr/bin/sed.ldf-foreign'])
      await expect(statInside(root, path), path).rejects.toThrow('not in the image');
    expect(await readInside(root, '/etc/ld.so.cache')).not.toContain('x86_64');
    expect(await readInside(root, '/var/lib/dpkg/diversions')).not.toContain('ldf-foreign');
    const lock = Lock.parse(JSON.parse(await readFile(join(scratch.path, 'sensor.lock'), 'utf8')));
    expect(lock.packages?.native).toMatchObject({ arch: 'x86_64' });
    const sbom = await readFile(join(output, 'sensor-0.1-aarch64.cdx.json'), 'utf8');
    expect(sbom).toContain('arch=arm64');
    expect(sbom).not.toContain('arch=amd64');
    expect(sbom).not.toContain('qemu-user');
  });
});
