/** The boot loaders beside the default one, each with words on the kernel's command line: the boot test looks for them in the guest. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { partitionsOf } from './disk.ts';
import { buildDefinition, inImage, scratchFolder } from './lab.ts';

const scratch = await scratchFolder();
afterAll(scratch.remove);

// The name of an example, so that its root file system is found in the cache.
const name = 'instant';
const file = `${name}-0.1-x86_64.raw`;

async function build(bootloader: string) {
  const example = await readFile('examples/instant.yaml', 'utf8');
  const words = `  cmdline: [quiet, 'dyndbg="file drivers/virtio/* +p"']\n`;
  const definition = await scratch.write(`${bootloader}.yaml`, `${example}${words}bootloader: ${bootloader}\n`);
  const output = join(scratch.path, bootloader);
  const built = await buildDefinition(definition, output);
  const sbom = await readFile(join(output, `${name}-0.1-x86_64.cdx.json`), 'utf8');
  return { built, output, sbom, names: built.artifacts.map((artifact) => artifact.name) };
}

describe('an image with GRUB', () => {
  it('boots under UEFI and under BIOS firmware, and lists in its SBOM what both have started', async () => {
    const { built, output, sbom, names } = await build('grub');
    expect(built).toMatchObject({ state: 'succeeded', verdict: { bootable: true } });
    expect(names).toEqual(expect.arrayContaining([`${file}.console.log`, `${file}.bios.console.log`]));
    expect(await readFile(join(output, `${file}.bios.console.log`), 'utf8')).toContain('SeaBIOS');
    for (const path of ['i386-pc/boot.img', 'i386-pc/biosdisk.mod', 'x86_64-efi/fat.mod'])
      expect(sbom).toContain(`/usr/lib/grub/${path}`);
    const partitions = await partitionsOf(join(output, file));
    expect(partitions.map((partition) => partition.name)).toEqual(['BIOS boot', 'ESP', 'root']);
  });
});

describe('a unified kernel image', () => {
  it('boots, has the command line in it, and is the same file where firmware and where menus look', async () => {
    const { built, output, sbom } = await build('uki');
    expect(built).toMatchObject({ state: 'succeeded', verdict: { bootable: true } });
    expect(sbom).toContain('/usr/lib/systemd/boot/efi/linuxx64.efi.stub');
    const esp = (await partitionsOf(join(output, file))).find((partition) => partition.name === 'ESP');
    const disk = `/look/${file}@@${esp?.offsetBytes}`;
    const copy = (from: string, to: string) =>
      inImage('image-packager', output, ['mcopy', '-n', '-i', disk, `::/${from}`, `/look/${to}`], 'rw');
    await copy('EFI/BOOT/BOOTX64.EFI', 'first.efi');
    await copy(`EFI/Linux/${name}.efi`, 'second.efi');
    const image = await readFile(join(output, 'first.efi'));
    expect(image.equals(await readFile(join(output, 'second.efi')))).toBe(true);
    expect(image.includes('console=ttyS0 quiet dyndbg="file drivers/virtio/* +p"')).toBe(true);
  });
});
