/** What a command sees of the world around it, so that a test can stand in for all of it. */
import { type EventEmitter, once } from 'node:events';

/** A stream that may be a terminal; `columns` only when it is. */
export interface OutputStream extends NodeJS.WritableStream {
  isTTY?: boolean;
  columns?: number;
}

export interface Terminal {
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
  terminal.stdout.write(`${line}\n`);
}

/** Lines without bound: the next one is asked for only when a slow reader has taken those before. */
export async function printAll({ stdout }: Terminal, lines: AsyncIterable<string>): Promise<void> {
  for await (const line of lines) if (!stdout.write(`${line}\n`)) await once(stdout, 'drain');
}

/** A line for the person who watches: progress, notes, errors. */
export function say(terminal: Terminal, line: string): void {
  terminal.stderr.write(`${line}\n`);
}

/** The one JSON document of `--json`. */
export function printJson(terminal: Terminal, value: unknown): void {
  print(terminal, JSON.stringify(value, null, 2));
}

/** Lines can be redrawn in place: a terminal that is not a CI job's, nor one that knows no cursor. */
export function isLive(terminal: Terminal): boolean {
  return terminal.stderr.isTTY === true && !terminal.env.CI && terminal.env.TERM !== 'dumb';
}
