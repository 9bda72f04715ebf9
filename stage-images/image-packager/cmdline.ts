/** The kernel's command line, from single words. */
import { maxCommandLineBytes, type RootFacts, rootWords } from '../../src/definition/command-line.ts';
import { StageFailure } from '../contract/failure.ts';

/**
 * The whole line: the root file system by its partition, read-only at first as every init expects, then `words`.
 * @throws StageFailure `boot.cmdline-invalid`.
 */
export function commandLine(root: RootFacts, words: readonly string[]): string {
  return wholeLine([...rootWords(root), ...words]);
}

/** The same of a live system: the root is in a file that bears the image's name, and what components say of the disk's root is left out. */
export function liveCommandLine(imageId: string, words: readonly string[], added: readonly string[]): string {
  return wholeLine([
    `root=live:${imageId}`,
    'ro',
    ...words.filter((word) => !/^root(fstype|flags)=/.test(word)),
    ...added,
  ]);
}

function wholeLine(words: readonly string[]): string {
  const line = words.map(quoteToken).join(' ');
  if (Buffer.byteLength(line) > maxCommandLineBytes)
    throw invalid(`the whole line has ${Buffer.byteLength(line)} bytes and can have ${maxCommandLineBytes}`);
  return line;
}

/**
 * One token as the kernel's parser reads it (lib/cmdline.c, next_arg): spaces are kept inside double quotes, around the
 * value or the whole token; there is no way to write a double quote itself. A token that is quoted already stays as it is.
 */
export function quoteToken(token: string): string {
  if (token === '' || /[\n\r\0]/.test(token)) throw invalid(`${JSON.stringify(token)} is empty or not one line`);
  if (/^(?:[^\s"]|"[^"]*")+$/.test(token)) return token;
  if (token.includes('"'))
    throw invalid(`${JSON.stringify(token)} has a space and a double quote that does not enclose it`);
  const [, name, value] = /^([^\s=]+)=(.*)$/.exec(token) ?? [];
  return name === undefined ? `"${token}"` : `${name}="${value}"`;
}

function invalid(why: string): StageFailure {
  return new StageFailure({
    code: 'boot.cmdline-invalid',
    message: `The kernel command line cannot be written: ${why}.`,
    hint: 'Correct kernel.cmdline, or the kernel command line of the component that adds it.',
  });
}
