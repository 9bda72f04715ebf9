/** Runs one command line from beginning to end: the boundary at which errors become words and exit codes. */
import { CommanderError } from 'commander';
import { createCli } from './cli.ts';
import { type ExitCode, exitCodeOf, exitCodes } from './exit-codes.ts';
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
    if (error instanceof CommanderError) return usageExitCode(error, words, terminal);
    // Whatever an interrupted command failed with, it failed because of the interruption.
    if (cli.interrupts.signal.aborted) return exitCodes.cancelled;
    const paint = paintFor(terminal.stderr, terminal.env);
    for (const line of errorLines(error, paint, Boolean(terminal.env.LDF_DEBUG))) say(terminal, line);
    return exitCodeOf(error);
  } finally {
    cli.interrupts.close();
  }
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
