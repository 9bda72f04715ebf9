/**
 * The firmware of a Raspberry Pi, which starts the kernel by itself, as config.txt on its FAT partition says
 * (https://www.raspberrypi.com/documentation/computers/config_txt.html). The programs of the firmware, which differ between the
 * models, are of the component that stands for the model.
 */
import { basename } from 'node:path';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import { readStart } from '../../../stage-images/contract/read-start.ts';
import { definePart } from '../../part.ts';
import type { FilePlacement, Placement } from '../../placement.ts';
import type { BootFacts, BootLoader } from '../boot-loader.ts';
import { RaspberryPiParams } from './params.ts';

export const raspberryPi = definePart(
  RaspberryPiParams,
  ({ settings }): BootLoader => ({
    async install(facts) {
      await requirePlainImage(facts.kernel);
      return placements(facts, settings);
    },
  }),
);

function placements(facts: BootFacts, settings: readonly string[]): Placement[] {
  const { release, kernel, initramfs, deviceTrees, cmdline } = facts;
  const linux = placed(`vmlinuz-${release}`, kernel);
  const initrd = initramfs === null ? undefined : placed(`initrd.img-${release}`, initramfs);
  return [
    linux,
    ...(initrd ? [initrd] : []),
    // The firmware looks for the tree of the model that it runs on by its name alone, beside the kernel.
    ...deviceTrees.map(({ name, file }) => placed(basename(name), file)),
    { at: 'esp', path: 'config.txt', content: configuration(linux.path, initrd?.path, settings) },
    { at: 'esp', path: 'cmdline.txt', content: `${cmdline}\n` },
  ];
}

function placed(path: string, file: string): FilePlacement {
  return { at: 'esp', path, file };
}

function configuration(kernel: string, initrd: string | undefined, settings: readonly string[]): string {
  const lines = [
    'arm_64bit=1',
    // The clock of the first serial port stays what the kernel takes it for.
    'enable_uart=1',
    // Device trees have the names of the kernel's own tree, and are taken as they are.
    'upstream_kernel=1',
    `kernel=${kernel}`,
    ...(initrd === undefined ? [] : [`initramfs ${initrd} followkernel`]),
    ...settings,
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** Documentation/arch/arm64/booting.rst: the magic number of an Image, and where it stands. */
const imageMagic = 'ARM\x64';
const imageMagicAt = 56;

/** What unpacks itself under UEFI firmware is nothing that this firmware could start. */
async function requirePlainImage(kernel: string): Promise<void> {
  const start = await readStart(kernel, imageMagicAt + imageMagic.length);
  if (start.toString('latin1', imageMagicAt) === imageMagic) return;
  throw new StageFailure({
    code: 'boot.kernel-unfit',
    message: 'The firmware of a Raspberry Pi starts a plain Image of arm64, and this kernel is none.',
    hint: 'Choose another kernel.source; of one that is compiled, leave CONFIG_EFI_ZBOOT off.',
  });
}
