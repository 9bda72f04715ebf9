/**
 * What a terminal would show of a log line: its text in pieces of one look each, from the SGR escapes (ECMA-48, 8.3.117)
 * in it. A background is shown with a text colour of its own, which alone can be held to a contrast. Pure.
 */

export const ansiColors = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;
export type AnsiColor = (typeof ansiColors)[number];

export interface Look {
  color: AnsiColor | undefined;
  background: AnsiColor | undefined;
  bold: boolean;
  dim: boolean;
  italic: boolean;
  underline: boolean;
}

export interface Piece extends Look {
  text: string;
}

const plainLook: Look = {
  color: undefined,
  background: undefined,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
};

const esc = '\u001b';
// CSI sequences; OSC up to BEL or ST; character sets and other short ones.
const escapes = new RegExp(
  `${esc}(?:\\[([0-9:;<=>?]*)[ -/]*([@-~])|\\][^\\u0007${esc}]*(?:\\u0007|${esc}\\\\)?|[ -/]+[0-~]|[0-Z\\\\^-~])`,
  'g',
);

/** The text alone, as it is searched and copied. */
export function plainText(line: string): string {
  const last = afterReturn(line);
  return last.includes(esc) ? last.replace(escapes, '') : last;
}

/** The line in pieces; one that has no escapes is one piece. */
export function ansiPieces(line: string): Piece[] {
  const text = afterReturn(line);
  if (!text.includes(esc)) return [{ ...plainLook, text }];
  const pieces: Piece[] = [];
  let look = plainLook;
  let from = 0;
  const take = (until: number) => {
    if (until > from) pieces.push({ ...look, text: text.slice(from, until) });
  };
  for (const found of text.matchAll(escapes)) {
    take(found.index);
    from = found.index + found[0].length;
    if (found[2] === 'm') look = applySgr(look, found[1] ?? '');
  }
  take(text.length);
  return pieces;
}

/** A carriage return begins the line again: progress bars do it. What was written last stays. */
function afterReturn(line: string): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  return text.slice(text.lastIndexOf('\r') + 1);
}

function applySgr(before: Look, parameters: string): Look {
  let look = before;
  const codes = parameters.split(/[;:]/).map((code) => (code === '' ? 0 : Number(code)));
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index] ?? 0;
    if (code === 38 || code === 48) {
      const { color, grey, length } = extendedColor(codes.slice(index + 1));
      look = code === 38 ? { ...look, color } : { ...look, background: color ?? grey };
      index += length;
    } else look = { ...look, ...changeOf(code) };
  }
  return look;
}

function changeOf(code: number): Partial<Look> {
  if (code === 0) return plainLook;
  if (code === 1) return { bold: true };
  if (code === 2) return { dim: true };
  if (code === 3) return { italic: true };
  if (code === 4) return { underline: true };
  if (code === 22) return { bold: false, dim: false };
  if (code === 23) return { italic: false };
  if (code === 24) return { underline: false };
  if (code === 39) return { color: undefined };
  if (code === 49) return { background: undefined };
  if (code >= 30 && code <= 37) return { color: ansiColors[code - 30] };
  if (code >= 90 && code <= 97) return { color: ansiColors[code - 90] };
  if (code >= 40 && code <= 47) return { background: ansiColors[code - 40] };
  if (code >= 100 && code <= 107) return { background: brightBackground(code - 100) };
  return {};
}

/** Bright black is a grey, and between black and white a background has only these. */
function brightBackground(index: number): AnsiColor | undefined {
  return index === 0 ? 'white' : ansiColors[index];
}

interface Extended {
  color: AnsiColor | undefined;
  /** What a grey comes to as a background; as a text, it is left to the text's own colour. */
  grey: AnsiColor | undefined;
  /** How many parameters it took. */
  length: number;
}

/** What follows 38 or 48: `5;n` of 256 colours, or `2;r;g;b`; the nearest of the eight is shown. */
function extendedColor([kind, first = 0, second = 0, third = 0]: readonly number[]): Extended {
  if (kind === 5) return { ...indexedColor(first), length: 2 };
  if (kind === 2) return { ...nearest(first, second, third), length: 4 };
  return { color: undefined, grey: undefined, length: 0 };
}

function indexedColor(index: number): Omit<Extended, 'length'> {
  if (index < 16) return { color: ansiColors[index % 8], grey: undefined };
  if (index >= 232) {
    const level = 8 + 10 * (index - 232);
    return nearest(level, level, level);
  }
  const cube = index - 16;
  const level = (part: number) => (part % 6) * 51;
  return nearest(level(Math.floor(cube / 36)), level(Math.floor(cube / 6)), level(cube));
}

function nearest(red: number, green: number, blue: number): Omit<Extended, 'length'> {
  const strongest = Math.max(red, green, blue);
  if (strongest - Math.min(red, green, blue) < 48)
    return { color: undefined, grey: strongest < 128 ? 'black' : 'white' };
  const on = (part: number) => (part > strongest / 2 ? 1 : 0);
  return { color: ansiColors[on(red) + 2 * on(green) + 4 * on(blue)], grey: undefined };
}
