/**
 * What a command sees of the world around it, so that a test can stand in for all of it. Whatever is printed goes through
 * here, and loses what a terminal would act upon.
 */
import { type EventEmitter, once } from 'node:events';
import { printableJson, terminalText } from '../printable-text.ts';

/** A stream that may be a terminal; `columns` only when it is. */
export interface OutputStream extends NodeJS.WritableStream {
  isTTY?: boolean;
  columns?: number;
}

/** `setRawMode` only where it is a terminal: then every key comes as it is typed, Ctrl-C too. */
export interface InputStream extends AsyncIterable<Uint8Array | string> {
  setRawMode?(on: boolean): unknown;
  /** Ends the reading. */
  destroy?(): unknown;
}

export interface Terminal {
  /** What is piped in or typed; read only by what is asked for it (`-f -`, a console). */
  stdin: InputStream;
  stdout: OutputStream;
  stderr: OutputStream;
  env: Readonly<Record<string, string | undefined>>;
  /** Relative paths on the command line begin here. */
  cwd: string;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Emits `SIGINT` and `SIGTERM`. */
  signals: EventEmitter;
  /** Ends the process at once. */
  leave(exitCode: number): void;
}

/** A line of the result, which scripts may read. */
export function print(terminal: Terminal, line: string): void {
  terminal.stdout.write(`${terminalText(line)}\n`);
}

/**
 * Lines without bound: the next one is asked for only when a slow reader has taken those before. Into a file or pipe they go
 * as they are.
 */
export async function printAll({ stdout }: Terminal, lines: AsyncIterable<string>): Promise<void> {
  for await (const line of lines)
    if (!stdout.write(`${stdout.isTTY ? terminalText(line) : line}\n`)) await once(stdout, 'drain');
}

/** A line for the person who watches: progress, notes, errors. */
export function say(terminal: Terminal, line: string): void {
  terminal.stderr.write(`${terminalText(line)}\n`);
}

/** The one JSON document of `--json`. */
export function printJson(terminal: Terminal, value: unknown): void {
  terminal.stdout.write(`${printableJson(JSON.stringify(value, null, 2))}\n`);
}

/** Lines can be redrawn in place: a terminal that is not a CI job's, nor one that knows no cursor. */
export function isLive(terminal: Terminal): boolean {
  return terminal.stderr.isTTY === true && !terminal.env.CI && terminal.env.TERM !== 'dumb';
}
