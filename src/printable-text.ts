/**
 * Text from outside (a compiler's, a maintainer script's, a serial console's, another person's definition) made safe for a
 * terminal: escape sequences set the clipboard and the title, move the cursor over what was said before, and hide; characters
 * that turn the direction of writing make a text read as another one (Unicode Technical Report 36, section 2.3.2).
 */
import { stripVTControlCharacters } from 'node:util';

/** Marks, embeddings, overrides and isolates of direction, and the separators that some terminals take as line ends. */
const directions = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/g;
/** C0 but for tab and line feed, DEL, and C1. */
const controls = /(?![\t\n])\p{Cc}/gu;

/** Without anything that a terminal would act upon but tabs and line feeds. */
export function harmlessText(text: string): string {
  return stripVTControlCharacters(text).replace(controls, '').replace(directions, '');
}

/** One line; tabs become spaces. */
export function printableText(text: string): string {
  return harmlessText(text).replaceAll('\t', '    ').replaceAll('\n', '');
}

/** The same, with its line ends. */
export function printableLines(text: string): string {
  return harmlessText(text).replaceAll('\t', '    ');
}

/** Every string in a JSON value made harmless, names of properties included; what lies under the names in `but` stays. */
export function harmlessJson(value: unknown, but: ReadonlySet<string>): unknown {
  if (typeof value === 'string') return harmlessText(value);
  if (Array.isArray(value)) return value.map((part) => harmlessJson(part, but));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) =>
      but.has(name) ? [name, part] : [harmlessText(name), harmlessJson(part, but)],
    ),
  );
}

/** The colours of style.ts: bold, dim, red, green, yellow, cyan, and their ends. */
const colours = new RegExp(`${String.fromCharCode(0x1b)}\\[(?:1|2|22|31|32|33|36|39)m`, 'g');

/** What goes out to a terminal: colours of ours and harmless text, nothing else. */
export function terminalText(text: string): string {
  let shown = '';
  let from = 0;
  for (const match of text.matchAll(colours)) {
    shown += printableLines(text.slice(from, match.index)) + match[0];
    from = match.index + match[0].length;
  }
  return shown + printableLines(text.slice(from));
}

/** JSON whose text a terminal can show as it is: the same value, with escapes for what JSON itself leaves as it is. */
export function printableJson(json: string): string {
  return json.replace(
    /(?!\n)\p{Cc}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
