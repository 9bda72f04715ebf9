/** How an error reads: what happened, each problem with its place, and what to do next. */
import { LdfError } from '../../errors.ts';
import type { Failure } from '../../model/problem.ts';
import { printableLines, printableText } from '../../printable-text.ts';
import type { Paint } from './style.ts';

/** The part of an LdfError and of a stored failure that is shown. */
type Shown = Pick<Failure, 'message' | 'details'> & { hint?: string | null | undefined };

/** Lines for anything that was thrown. A stack is shown only to who asks for it (`LDF_DEBUG`). */
export function errorLines(error: unknown, paint: Paint, debug: boolean): string[] {
  const lines = problemLines(error instanceof LdfError ? error : unexpected(error), paint);
  return debug ? [...lines, ...stackLines(error)] : lines;
}

/** `error: …`, then each problem as `  /kernel/version: message (value) — hint`, then `hint: …`. */
export function problemLines(problem: Shown, paint: Paint): string[] {
  const lines = [
    `${paint('red', 'error:')} ${printableLines(problem.message)}`,
    ...problem.details.flatMap(detailLines),
  ];
  if (problem.hint) lines.push(`${paint('yellow', 'hint:')} ${printableLines(problem.hint)}`);
  return lines;
}

function detailLines(detail: Shown['details'][number]): string[] {
  const place = detail.pointer === '' ? '' : `${detail.pointer}: `;
  const value = detail.value === undefined ? '' : ` (${detail.value})`;
  const hint = detail.hint === undefined ? '' : ` — ${detail.hint}`;
  const evidence = (detail.evidence ?? []).map((line) => `    ${printableText(line)}`);
  return [printableLines(`  ${place}${detail.message}${value}${hint}`), ...evidence];
}

function unexpected(error: unknown): Shown {
  return {
    message: error instanceof Error ? error.message : String(error),
    hint: 'This looks like a bug in LDF. Run the command again with LDF_DEBUG=1 and report what it prints.',
    details: [],
  };
}

function stackLines(error: unknown): string[] {
  const lines: string[] = [];
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
    lines.push(cause.stack ?? String(cause));
  return lines;
}
