/**
 * Boot loaders and root file systems beside the default ones, each with another, so that few images boot them all; and with
 * words on the kernel's command line: the boot test looks for them in the guest.
 */
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { MiB } from '../../parts/units.ts';
import { fileSystemOf, type Partition, partitionsOf } from './disk.ts';
import { bootGuest } from './guest.ts';
import { buildDefinition, inImage, scratchFolder, smallSystem, stageImageId } from './lab.ts';

const scratch = await scratchFolder();
afterAll(scratch.remove);

const name = 'started';
const file = `${name}-0.1-x86_64.raw`;

async function build(bootloader: string, filesystem: string, more = {}) {
  const { kernel, ...system } = smallSystem(name);
  const words = ['quiet', 'dyndbg="file drivers/virtio/* +p"'];
  const definition = await scratch.write(
    `${bootloader}.yaml`,
    stringify({ ...system, kernel: { ...kernel, cmdline: words }, bootloader, filesystem, ...more }),
  );
  const output = join(scratch.path, bootloader);
  const built = await buildDefinition(definition, output);
  const sbom = await readFile(join(output, `${name}-0.1-x86_64.cdx.json`), 'utf8');
  const rootType = await fileSystemOf(join(output, file));
  return { built, output, sbom, rootType, names: built.artifacts.map((artifact) => artifact.name) };
}

describe('an image with GRUB and a root file system that is never written', () => {
  it('boots under UEFI and under BIOS firmware, and lists in its SBOM what both have started', async () => {
    const { built, output, sbom, rootType, names } = await build('grub', 'erofs');
    expect(built).toMatchObject({ state: 'succeeded', verdict: { bootable: true } });
    expect(names).toEqual(expect.arrayContaining([`${file}.console.log`, `${file}.bios.console.log`]));
    expect(await readFile(join(output, `${file}.bios.console.log`), 'utf8')).toContain('SeaBIOS');
    expect(rootType).toBe('erofs');
    for (const path of ['i386-pc/boot.img', 'i386-pc/biosdisk.mod', 'x86_64-efi/fat.mod'])
      expect(sbom).toContain(`/usr/lib/grub/${path}`);
    const partitions = await partitionsOf(join(output, file));
    expect(partitions.map((partition) => partition.name)).toEqual(['BIOS boot', 'ESP', 'root']);
  });
});

describe('a unified kernel image with SquashFS that dm-verity checks', () => {
  const output = join(scratch.path, 'uki');
  let partitions: Partition[] = [];
  const placeOf = (label: string) => {
    const found = partitions.find((partition) => partition.name === label);
    if (!found) throw new Error(`there is no partition ${label}`);
    return found;
  };

  it('boots, has the command line in it, and is the same file where firmware and where menus look', async () => {
    const { built, sbom, rootType } = await build('uki', 'squashfs', { root: { verity: true } });
    expect(built).toMatchObject({ state: 'succeeded', verdict: { bootable: true } });
    expect(sbom).toContain('/usr/lib/systemd/boot/efi/linuxx64.efi.stub');
    expect(sbom).toContain('/usr/sbin/dmsetup');
    expect(rootType).toBe('squashfs');
    partitions = await partitionsOf(join(output, file));
    const esp = placeOf('ESP');
    const disk = `/look/${file}@@${esp?.offsetBytes}`;
    const copy = (from: string, to: string) =>
      inImage('image-packager', output, ['mcopy', '-n', '-i', disk, `::/${from}`, `/look/${to}`], 'rw');
    await copy('EFI/BOOT/BOOTX64.EFI', 'first.efi');
    await copy(`EFI/Linux/${name}.efi`, 'second.efi');
    const image = await readFile(join(output, 'first.efi'));
    expect(image.equals(await readFile(join(output, 'second.efi')))).toBe(true);
    expect(image.includes(' quiet dyndbg="file drivers/virtio/* +p"')).toBe(true);
    expect(await readFile(join(output, `${file}.console.log`), 'utf8')).toContain(
      'initramfs: the root file system is unchanged',
    );
  });

  it('has hashes that veritysetup agrees with, and the names that follow from them', async () => {
    const [root, hashes] = [placeOf('root'), placeOf('root-verity')];
    const [, rootHash = ''] = /roothash=([0-9a-f]{64})/.exec(await readFile(join(output, 'first.efi'), 'latin1')) ?? [];
    expect([root.uuid, hashes.uuid].join('').replaceAll('-', '').toLowerCase()).toBe(rootHash);
    for (const [name, { offsetBytes, sizeBytes }] of Object.entries({ root, hashes }))
      await execa('dd', [
        ...[`if=${join(output, file)}`, `of=${join(output, name)}`, 'bs=1M'],
        ...[`skip=${offsetBytes / MiB}`, `count=${sizeBytes / MiB}`],
      ]);
    await inImage('image-packager', output, ['veritysetup', 'verify', '/look/root', '/look/hashes', rootHash]);
  });

  it('does not start when one byte of the root file system was changed, and says so', async () => {
    const { offsetBytes, sizeBytes } = placeOf('root');
    const disk = await open(join(output, file), 'r+');
    const byte = Buffer.alloc(1);
    const at = offsetBytes + Math.floor(sizeBytes / 2);
    await disk.read(byte, 0, 1, at);
    await disk.write(Buffer.of((byte[0] ?? 0) ^ 1), 0, 1, at);
    await disk.close();
    const guest = await bootGuest({ disk: join(output, file), image: await stageImageId('boot-tester') });
    await guest.waitFor(/initramfs: the root file system is not what it was/, 20 * 60_000);
    await guest.stop();
  });
});

describe('an image with Btrfs', () => {
  it('boots from its subvolume', async () => {
    const { built, rootType } = await build('systemd-boot', 'btrfs');
    expect(built).toMatchObject({ state: 'succeeded', verdict: { bootable: true } });
    expect(rootType).toBe('btrfs');
  });
});
