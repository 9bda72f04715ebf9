/** Words of the kernel's command line, as definitions and components write them. */
import * as z from 'zod';
import { lineLength } from './text.ts';

/**
 * What the whole line may take, in bytes: COMMAND_LINE_SIZE of x86 and arm64 is 2048 with the final NUL, and a boot loader may add a few
 * words, such as initrd=, before the kernel sees it.
 */
export const maxCommandLineBytes = 2047 - 256;

/** What the initramfs has to know of the root file system. Partitions are named by their unique GUIDs. */
export interface RootFacts {
  partitionUuid: string;
  /** Of dm-verity, in hexadecimal digits. */
  rootHash?: string | undefined;
  /** The partition that changes to the root file system go to; undefined where they stay in memory, or there are none. */
  overlayUuid?: string | undefined;
}

/** What LDF puts before the words of components and of the definition: the root file system, read-only at first as every init expects. */
export function rootWords({ partitionUuid, rootHash, overlayUuid }: RootFacts): string[] {
  return [
    `root=PARTUUID=${partitionUuid}`,
    'ro',
    ...(rootHash === undefined ? [] : [`roothash=${rootHash}`]),
    ...(overlayUuid === undefined ? [] : [`ldf.overlay=PARTUUID=${overlayUuid}`]),
  ];
}

/**
 * One word as the kernel's parser reads it (lib/cmdline.c, next_arg): spaces stand inside double quotes alone, and there is no way
 * to write a double quote itself.
 */
export const KernelWord = z
  .string()
  .max(lineLength)
  .regex(
    /^(?:[\x21\x23-\x7e]|"[\x20\x21\x23-\x7e]*")+$/,
    'must be one word of printable ASCII with its double quotes in pairs; write a value with spaces as name="a b", and each other word as an item of its own',
  );

const ownWords = /^"?(root|initrd|roothash|ldf\.overlay)=/;

/** One that a definition adds. */
export const DefinitionWord = KernelWord.refine(
  (word) => !ownWords.test(word),
  'must be none of root=, initrd=, roothash= and ldf.overlay=: they follow from the image; leave it out',
);

/** The words of a line, as they are written. */
export function wordsOf(line: string): string[] {
  return line.match(/(?:[^\s"]|"[^"]*"?)+/g) ?? [];
}

/** The words of a line without the double quotes around values: however a boot loader has quoted them, they mean the same. */
export function meaningOf(line: string): string[] {
  return wordsOf(line).map((word) => word.replaceAll('"', ''));
}
