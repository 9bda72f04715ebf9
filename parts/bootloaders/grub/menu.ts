/** The menu, and what it starts. */
import { wordsOf } from '../../../src/definition/command-line.ts';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import type { FilePlacement } from '../../placement.ts';
import type { BootFacts } from '../boot-loader.ts';
import { type KernelFiles, kernelFiles } from '../esp.ts';
import type { GrubParams } from './params.ts';

/** On the EFI system partition. */
export const grubFolder = 'grub';

/** A file by which this image's partition is known. */
function marker(imageId: string): string {
  return `${grubFolder}/${imageId}`;
}

/**
 * Commands for before there is a menu, where firmware tells a disk and no file system of it: that is the one with this image's marker, on
 * this disk before all others.
 */
export function searchText(imageId: string): string {
  return `search.file /${marker(imageId)} root "$root,"\nset prefix=($root)/${grubFolder}\n`;
}

/** Kernel and initramfs below `<name>/<release>`, and grub.cfg with an entry for them. */
export function grubMenu(facts: BootFacts, params: Pick<GrubParams, 'timeoutSeconds'>): FilePlacement[] {
  const { imageId } = facts;
  const files = kernelFiles(facts);
  const { linux, initrd } = files;
  return [
    linux,
    ...(initrd ? [initrd] : []),
    { at: 'esp', path: marker(imageId), content: `${imageId}\n` },
    { at: 'esp', path: `${grubFolder}/grub.cfg`, content: configuration(facts, files, params) },
  ];
}

/**
 * GRUB takes the second entry by itself where the files of the first cannot be read. It has no word of the definition on its command
 * line, nor what else may keep a screen dark, so that somebody in front of the machine gets past a word that was wrong.
 */
function configuration(
  { title, cmdline, plainCmdline }: BootFacts,
  files: KernelFiles,
  { timeoutSeconds }: Pick<GrubParams, 'timeoutSeconds'>,
) {
  const lines = [
    'set default=0',
    'set fallback=1',
    `set timeout_style=${timeoutSeconds === 0 ? 'hidden' : 'menu'}`,
    `set timeout=${timeoutSeconds}`,
    // UEFI firmware has the serial line in its own console where there is one.
    'if [ "$grub_platform" = pc ]; then',
    '  serial --unit=0 --speed=115200',
    '  terminal_input console serial',
    '  terminal_output console serial',
    'fi',
    ...entry(title, cmdline, files),
    ...entry(`${title} (fallback)`, `${plainCmdline} nomodeset`, files),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function entry(title: string, cmdline: string, { linux, initrd }: KernelFiles): string[] {
  return [
    `menuentry ${quoted(title)} {`,
    `  linux /${linux.path} ${wordsOf(cmdline).map(handedOver).join(' ')}`,
    ...(initrd ? [`  initrd /${initrd.path}`] : []),
    '}',
  ];
}

/** In single quotes nothing has a meaning but the quote itself. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * GRUB joins words to a command line by rules of its own (grub-core/lib/cmdline.c): one with a space it puts into double quotes as a
 * whole, and before quotes and backslashes it puts a backslash, which the kernel does not take away. So quotes around a value are left
 * out here, and what cannot be handed over is refused.
 * @throws StageFailure `boot.cmdline-invalid`
 */
function handedOver(word: string): string {
  const bare = word.replace(/^"([^"]*)"$/, '$1').replace(/^([^"=]+=)"([^"]*)"$/, '$1$2');
  if (!/["'\\]/.test(bare)) return quoted(bare);
  throw new StageFailure({
    code: 'boot.cmdline-invalid',
    message: `GRUB cannot hand ${word} over to the kernel: it puts a backslash before each quote and backslash inside of a word.`,
    hint: 'Leave the word out, or choose another boot loader.',
    details: [
      {
        pointer: '/kernel/cmdline',
        message: 'must have neither quotes inside of a value nor backslashes where GRUB is the boot loader',
        value: JSON.stringify(word),
      },
    ],
  });
}
