/**
 * The one JSON document that a command prints with `--json`: `{"ok": true, "result": …}`, or, when the exit code is not 0,
 * `{"ok": false, "error": {code, message, hint, details}}`, with the result beside it where there is one. Lists are
 * `{"items": […]}`. docs/cli.md tells users of it.
 */
import type * as z from 'zod';
import { LdfError } from '../errors.ts';
import type { Detail } from '../model/problem.ts';
import { printableJson } from '../printable-text.ts';
import type { Cli } from './cli.ts';
import { exitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

export interface ErrorDocument {
  /** From the table of errors, or the finer code of what refused. */
  code: string;
  message: string;
  hint: string | null;
  details: readonly z.infer<typeof Detail>[];
}

/** Prints what a command has come to; `error` says why the exit code is not 0. */
export function printResult(cli: Cli, result: unknown, error?: ErrorDocument | null): void {
  const document =
    cli.exitCode === exitCodes.done
      ? { ok: true, result }
      : { ok: false, error: error ?? documentOf(new LdfError('internal', 'It ended badly.')), result };
  cli.terminal.stdout.write(`${printableJson(JSON.stringify(document, null, 2))}\n`);
  cli.printedJson = true;
}

/** Prints what was thrown; on one line for what prints entries line by line. */
export function printError(terminal: Terminal, error: ErrorDocument, { oneLine }: { oneLine: boolean }): void {
  const text = JSON.stringify({ ok: false, error }, null, oneLine ? undefined : 2);
  terminal.stdout.write(`${printableJson(text)}\n`);
}

/** Anything that was thrown. */
export function documentOf(thrown: unknown): ErrorDocument {
  if (!(thrown instanceof LdfError)) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return { code: 'internal', message, hint: 'This looks like a bug in LDF. Please report it.', details: [] };
  }
  const { code, subcode, message, hint, details } = thrown;
  return { code: subcode ?? code, message, hint: hint ?? null, details };
}

/** Whether the words of a command line ask for JSON: also where they are wrong, and no command has read them. */
export function asksForJson(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return (end < 0 ? words : words.slice(0, end)).includes('--json');
}
