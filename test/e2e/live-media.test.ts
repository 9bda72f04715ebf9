/** One live system: as a CD under both firmwares and over the network, which the build itself proves, and as a USB disk. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Build } from '../../src/model/build.ts';
import { bootGuest, type Guest } from './guest.ts';
import { buildDefinition, inImage, scratchFolder, stageImageId } from './lab.ts';

const scratch = await scratchFolder();
afterAll(scratch.remove);

const name = 'instant-0.1-x86_64';
const output = join(scratch.path, 'out');
let build: Build;

beforeAll(async () => {
  const example = (await readFile('examples/instant.yaml', 'utf8')).replace('package-cloud', 'package');
  const definition = await scratch.write(
    'live.yaml',
    `${example}  cmdline: [quiet]\nimage: { formats: [iso, directory] }\n`,
  );
  build = await buildDefinition(definition, output);
});

/** What a live system of this build is like, wherever it has started from. */
async function expectLive(guest: Guest): Promise<void> {
  expect(await guest.run('findmnt --noheadings --output FSTYPE /')).toBe('overlay');
  expect(await guest.run('findmnt --noheadings --output FSTYPE /run/overlay/lower')).toBe('squashfs');
  expect(await guest.run('systemctl is-system-running --wait', { okCodes: [0, 1] })).toBe('running');
  await guest.run('echo kept >/etc/motd && sync');
}

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

  it('starts as a USB disk', async () => {
    const guest = await bootGuest({
      ...{ disk: join(output, `${name}.iso`), format: 'raw', image: await stageImageId('boot-tester') },
      ...{ rootShell: true, log: join(scratch.path, 'usb.log') },
      diskDevice: ['-device', 'qemu-xhci', '-device', 'usb-storage,drive=disk,bootindex=0'],
    });
    try {
      await guest.takeShell();
      expect(await guest.run('findmnt --noheadings --output SOURCE,FSTYPE /run/medium')).toMatch(
        /^\/dev\/sda +iso9660$/,
      );
      await expectLive(guest);
    } finally {
      await guest.stop();
    }
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
