/** What every command is given. */
import type { Command } from 'commander';
import * as z from 'zod';
import { shellWord } from '../shell-word.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { Interrupts } from './interrupts.ts';
import type { Terminal } from './terminal.ts';

export interface Cli {
  terminal: Terminal;
  interrupts: Interrupts;
  /** What the process ends with when nothing is thrown; a command sets it. */
  exitCode: ExitCode;
  /** Whether the JSON document of `--json` is out: there is one. */
  printedJson: boolean;
}

export function createCli(terminal: Terminal): Cli {
  return { terminal, interrupts: new Interrupts(terminal), exitCode: exitCodes.done, printedJson: false };
}

const GlobalOptions = z.object({ server: z.string().optional(), json: z.boolean().optional() });
export type GlobalOptions = z.infer<typeof GlobalOptions>;

/** The options that stand before or after any command; `json`, of the commands that have it: data is printed as it is. */
export function globalOptions(command: Command): GlobalOptions {
  return GlobalOptions.parse(command.optsWithGlobals());
}

/** `ldf`, with what it takes to reach the same server again: for commands that are shown. */
export function programWords(options: GlobalOptions): string {
  return options.server === undefined ? 'ldf' : `ldf --server ${shellWord(options.server)}`;
}
