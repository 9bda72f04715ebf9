/**
 * A unified kernel image: kernel, initramfs, command line and os-release in one program for UEFI firmware, put together by ukify(1)
 * around systemd-stub(7) (https://uapi-group.org/specifications/specs/unified_kernel_image/). There is no menu: firmware starts it.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { efiNames } from '../../../src/architecture.ts';
import { definePart } from '../../part.ts';
import type { BootFacts, BootLoader, BootTools } from '../boot-loader.ts';
import { removableMediaPath } from '../esp.ts';
import { UkiParams } from './params.ts';

export const uki = definePart(
  UkiParams,
  (): BootLoader => ({
    async install(facts, tools) {
      const file = await unifiedImage(facts, tools);
      return [
        // Where firmware looks for it on any disk, and where boot menus and kernel-install(8) do.
        { at: 'esp', path: removableMediaPath(facts.arch), file },
        { at: 'esp', path: `EFI/Linux/${facts.name}.efi`, file },
      ];
    },
  }),
);

async function unifiedImage(facts: BootFacts, { work, bootFile, run }: BootTools): Promise<string> {
  const { arch, kernel, initramfs, cmdline, release } = facts;
  const line = join(work, 'cmdline');
  const osRelease = join(work, 'os-release');
  const image = join(work, 'uki.efi');
  // Debian's package systemd-boot-efi has it there. It is of the image's architecture, which ukify(1) reads from it.
  const stub = await bootFile(`/usr/lib/systemd/boot/efi/linux${efiNames[arch]}.efi.stub`);
  await writeFile(line, cmdline);
  await writeFile(osRelease, osReleaseText(facts));
  await run('ukify', [
    ...['build', `--stub=${stub}`, `--efi-arch=${efiNames[arch]}`, `--linux=${kernel}`],
    ...(initramfs === null ? [] : [`--initrd=${initramfs}`]),
    // From files: what begins with @ would be taken for one, and no word is taken for an option.
    ...[`--cmdline=@${line}`, `--os-release=@${osRelease}`, `--uname=${release}`, `--output=${image}`],
  ]);
  return image;
}

/** os-release(5), of the distribution: boot menus sort by it and show its title. The one in the root file system is the userland's. */
function osReleaseText({ name, version, title }: BootFacts): string {
  return [`NAME="${name}"`, `ID=${name}`, `VERSION_ID="${version}"`, `PRETTY_NAME="${title}"`]
    .map((line) => `${line}\n`)
    .join('');
}
