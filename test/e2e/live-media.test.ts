/** One live system: as a CD under both firmwares and over the network, which the build itself proves, and as a USB disk. */
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Build } from '../../src/model/build.ts';
import { partitionsOf, readInside } from './disk.ts';
import { bootGuest } from './guest.ts';
import { buildDefinition, inImage, scratchFolder, smallSystem, stageImageId } from './lab.ts';

const scratch = await scratchFolder();
afterAll(scratch.remove);

const name = 'live-0.1-x86_64';
const output = join(scratch.path, 'out');
let build: Build;

beforeAll(async () => {
  const definition = {
    ...smallSystem('live'),
    // The cloud's kernel has no USB.
    kernel: { source: 'package', cmdline: ['quiet'] },
    image: { formats: [{ format: 'iso', persistence: '64M' }, 'directory'] },
  };
  build = await buildDefinition(await scratch.write('live.json', JSON.stringify(definition)), output);
});

describe('an ISO', () => {
  const image = `/look/${name}.iso`;

  it('starts as a CD under UEFI and under BIOS firmware', async () => {
    expect(build).toMatchObject({ state: 'succeeded', verdict: { bootable: true }, error: null });
    const images = build.artifacts.filter(({ kind }) => kind === 'image');
    // No disk was asked for, so there is none.
    expect(images.map((image) => [image.name, image.disk])).toEqual([
      [`${name}.ipxe`, 'network'],
      ...['linux', 'initrd', 'root.cpio'].map((ending) => [`${name}.${ending}`, null]),
      [`${name}.iso`, 'cdrom'],
    ]);
    expect(await readFile(join(output, `${name}.iso.bios.console.log`), 'utf8')).toContain('SeaBIOS');
    for (const console of [`${name}.iso.console.log`, `${name}.iso.bios.console.log`])
      expect(await readFile(join(output, console), 'utf8')).toContain('initramfs: root file system on /dev/sr0');
  });

  it('is what other tools take for one: two boot images, and a partition table', async () => {
    const report = await inImage('image-packager', output, [
      ...['xorriso', '-indev', image, '-report_el_torito', 'plain', '-report_system_area', 'plain'],
    ]);
    expect(report).toMatch(/^El Torito boot img : +1 +BIOS +y +none/m);
    expect(report).toMatch(/^El Torito boot img : +2 +UEFI +y +none/m);
    expect(report).toContain('grub2-mbr');
    const { stdout, stderr } = await execa('/sbin/sfdisk', ['--verify', join(output, `${name}.iso`)]);
    expect(stdout + stderr).toContain('No errors detected');
  });

  it('accounts in the SBOM for what starts it, and for nothing that does not', async () => {
    const sbom = await readFile(join(output, `${name}.cdx.json`), 'utf8');
    const modules = ['i386-pc/cdboot.img', 'i386-pc/boot_hybrid.img', 'i386-pc/iso9660.mod', 'x86_64-efi/iso9660.mod'];
    for (const path of modules) expect(sbom).toContain(`/usr/lib/grub/${path}`);
    expect(sbom).toContain('/usr/bin/busybox');
    expect(sbom).not.toContain('systemd-bootx64.efi');
  });

  it('starts as a USB disk, and keeps what the system writes', async () => {
    const stick = join(scratch.path, 'stick.img');
    await copyFile(join(output, `${name}.iso`), stick);
    const guest = await bootGuest({
      ...{ disk: stick, format: 'raw', keep: true, image: await stageImageId('boot-tester') },
      ...{ rootShell: true, shell: 'sh', log: join(scratch.path, 'usb.log') },
      diskDevice: ['-device', 'qemu-xhci', '-device', 'usb-storage,drive=disk,bootindex=0'],
    });
    try {
      await guest.takeShell();
      const mounts = await guest.run('cut -d " " -f 1-3 /proc/mounts');
      expect(mounts).toMatch(/^\/dev\/loop0 \/run\/medium iso9660$/m);
      expect(mounts).toMatch(/^\/dev\/loop1 \/run\/overlay\/lower squashfs$/m);
      expect(mounts).toMatch(/^\/dev\/sda3 \/run\/overlay\/upper ext4$/m);
      expect(mounts).toMatch(/^overlay \/ overlay$/m);
      expect(await guest.run('ls /run/services/failed')).toBe('');
      await guest.run('echo kept >/etc/motd && sync');
    } finally {
      await guest.stop();
    }
    const [, , partition] = await partitionsOf(stick);
    expect(await readInside(`${stick}?offset=${partition?.offsetBytes}`, '/root/etc/motd')).toBe('kept');
  });
});

describe('a directory for booting over the network', () => {
  it('is loaded by iPXE from QEMU’s own TFTP, and finds its root in memory', async () => {
    const script = await readFile(join(output, `${name}.ipxe`), 'utf8');
    expect(script).toMatch(new RegExp(`^#!ipxe\\n.*\\nkernel ${name}.linux .* root=live:.* quiet\\n`));
    const verdict = build.artifacts.find((artifact) => artifact.name === `${name}.ipxe`)?.verdict;
    expect(verdict).toMatchObject({ bootable: true });
    const console = await readFile(join(output, `${name}.ipxe.console.log`), 'utf8');
    expect(console).toContain('tftp://10.0.2.2/');
    expect(console).toContain('initramfs: root file system in memory');
  });

  it('has sums of all its files', async () => {
    await execa('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: output });
  });
});
