/** Runs one command line from beginning to end: the boundary at which errors become words and exit codes. */
import { CommanderError } from 'commander';
import { LdfError } from '../errors.ts';
import { type Cli, createCli } from './cli.ts';
import { type ExitCode, exitCodeOf, exitCodes } from './exit-codes.ts';
import { asksForJson, documentOf, printError } from './json.ts';
import { errorLines } from './output/error.ts';
import { paintFor } from './output/style.ts';
import { createProgram } from './program.ts';
import { say, type Terminal } from './terminal.ts';

/** @param words what stands after `ldf` */
export async function run(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const cli = createCli(terminal);
  const program = createProgram(cli);
  try {
    await program.parseAsync(words, { from: 'user' });
    return cli.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      const exitCode = usageExitCode(error, words, terminal);
      if (exitCode !== exitCodes.done) tellJson(cli, words, new LdfError('usage', usageWords(error)));
      return exitCode;
    }
    // Whatever an interrupted command failed with, it failed because of the interruption.
    if (cli.interrupts.signal.aborted) {
      tellJson(cli, words, new LdfError('build.cancelled', 'Interrupted.'));
      return exitCodes.cancelled;
    }
    tellJson(cli, words, error);
    const paint = paintFor(terminal.stderr, terminal.env);
    for (const line of errorLines(error, paint, Boolean(terminal.env.LDF_DEBUG))) say(terminal, line);
    return exitCodeOf(error);
  } finally {
    cli.interrupts.close();
  }
}

/** Who asked for JSON reads stdout: there the error is, too. */
function tellJson(cli: Cli, words: readonly string[], error: unknown): void {
  if (cli.printedJson || !asksForJson(words)) return;
  printError(cli.terminal, documentOf(error), { oneLine: words.includes('logs') });
}

/** commander's message without what stands before and after it on a terminal. */
function usageWords({ message }: CommanderError): string {
  return message.replace(/^error: /, '').replace(/\n[\s\S]*$/, '');
}

/** commander has said what is wrong; this says where help is. */
function usageExitCode(error: CommanderError, words: readonly string[], terminal: Terminal): ExitCode {
  if (error.exitCode === 0) return exitCodes.done;
  const [first] = words;
  const command =
    first !== undefined && /^[a-z]+$/.test(first) && error.code !== 'commander.unknownCommand' ? ` ${first}` : '';
  if (error.code !== 'commander.help') say(terminal, `hint: \`ldf${command} --help\` shows how it is used.`);
  return exitCodes.refused;
}
