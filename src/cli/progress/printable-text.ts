/** Text of a build (a compiler's, a serial console's) made safe for a terminal: no escape sequences, no control characters. */
import { stripVTControlCharacters } from 'node:util';

/** One line; tabs become spaces. */
export function printableText(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll('\t', '    ')
    .replace(/\p{Cc}/gu, '');
}
