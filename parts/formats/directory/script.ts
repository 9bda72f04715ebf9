/** The script that iPXE runs: https://ipxe.org/cmd. Names without a server are those of the server that the script came from. */
import { wordsOf } from '../../../src/definition/command-line.ts';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import type { BootFacts } from '../../bootloaders/boot-loader.ts';

export interface ServedFiles {
  linux: string;
  /** In their order. */
  initrds: readonly string[];
}

/** @throws StageFailure `boot.cmdline-invalid` for a word that iPXE would not hand over. */
export function bootScript({ title, cmdline }: Pick<BootFacts, 'title' | 'cmdline'>, files: ServedFiles): string {
  const words = wordsOf(cmdline);
  for (const word of words) requireHandedOver(word);
  const lines = [
    '#!ipxe',
    `echo Starting ${title.replaceAll(/[^\x21-\x7e]|[$#&|;]/g, ' ')}`,
    // UEFI's boot stub finds all archives together under this name; nothing else reads it.
    `kernel ${files.linux} initrd=initrd.magic ${words.join(' ')}`,
    ...files.initrds.map((name) => `initrd ${name}`),
    'boot',
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** iPXE fills in settings, and ends a command at a few words; there is no way to write these otherwise. */
function requireHandedOver(word: string): void {
  if (!/\$\{|(^|\s)(#|(\|\||&&|;)(\s|$))/.test(word)) return;
  throw new StageFailure({
    code: 'boot.cmdline-invalid',
    message: `iPXE cannot hand ${word} over to the kernel: it has a meaning of its own in its scripts.`,
    hint: 'Leave the word out, or choose another format.',
    details: [
      {
        pointer: '/kernel/cmdline',
        message:
          'must have neither ${ nor a word that starts with # or is ||, && or ; where an image is loaded by iPXE',
        value: JSON.stringify(word),
      },
    ],
  });
}
