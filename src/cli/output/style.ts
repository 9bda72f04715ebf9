/** Colours and state symbols: colours only where a person reads them (a terminal, and NO_COLOR unset; see no-color.org). */
import { styleText } from 'node:util';
import type { BuildState } from '../../model/build.ts';
import type { StageState } from '../../model/stage-run.ts';
import { printableText } from '../../printable-text.ts';
import type { OutputStream, Terminal } from '../terminal.ts';

type Colour = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';
export type Paint = (colour: Colour, text: string) => string;

export const plainPaint: Paint = (_colour, text) => text;

export function paintFor(stream: OutputStream, env: Terminal['env']): Paint {
  const wanted = stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
  return wanted
    ? (colour, text) => styleText(colour, printableText(text), { validateStream: false })
    : (_colour, text) => printableText(text);
}

const symbols: Readonly<Record<StageState | BuildState, { symbol: string; colour: Colour }>> = {
  queued: { symbol: '○', colour: 'dim' },
  pending: { symbol: '○', colour: 'dim' },
  running: { symbol: '●', colour: 'cyan' },
  succeeded: { symbol: '✓', colour: 'green' },
  cached: { symbol: '✓', colour: 'green' },
  failed: { symbol: '✗', colour: 'red' },
  cancelled: { symbol: '⊘', colour: 'yellow' },
  skipped: { symbol: '–', colour: 'dim' },
};

export function stateSymbol(state: StageState | BuildState, paint: Paint): string {
  const { symbol, colour } = symbols[state];
  return paint(colour, symbol);
}

/** The word for a state, in its colour. */
export function stateWord(state: StageState | BuildState, paint: Paint): string {
  return paint(symbols[state].colour, state);
}
