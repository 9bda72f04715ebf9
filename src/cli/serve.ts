/** `ldf serve`: the API as a service. */
import { format } from 'node:util';
import type { Command } from 'commander';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { RunningServer } from '../server.ts';
import { settings } from '../settings.ts';
import type { Cli } from './cli.ts';
import { print, say } from './terminal.ts';

export function addServeCommand(program: Command, cli: Cli): void {
  program
    .command('serve')
    .summary('run the server: web UI and API')
    .description(
      'Runs the server, with web UI and API, until it is told to end (Ctrl-C, SIGTERM). Running builds continue in their containers, and the next start picks them up.',
    )
    .option('--help-env', 'list the environment variables that set it up')
    .addHelpText(
      'after',
      '\nEnvironment variables set it up: `ldf serve --help-env` lists them, docs/operations.md says more of the limits.',
    )
    .action(async (options: { helpEnv?: boolean }, command: Command) => {
      if (options.helpEnv) {
        for (const line of environmentHelp(command)) print(cli.terminal, line);
        return;
      }
      // Whatever is made from now on is for the server's user alone.
      process.umask(0o077);
      const { loadConfig } = await import('../config.ts');
      const config = loadConfig(cli.terminal.env);
      const { startServer } = await import('../server.ts');
      const { createLog } = await import('../log.ts');
      logConsole(createLog(config));
      const server = await startServer(config);
      for (const line of greeting(cli, config, server)) say(cli.terminal, line);
      const giveBack = cli.interrupts.beforeLeaving(() => server.stop());
      await new Promise<void>((resolve) => cli.interrupts.take(resolve, () => []));
      await server.stop();
      giveBack();
    });
}

/** Whatever a library writes to the console becomes a line of the log, which programs read. */
function logConsole(log: Logger): void {
  for (const level of ['info', 'warn', 'error'] as const)
    console[level] = (...words: unknown[]) => log[level]({ text: format(...words) }, 'a library wrote to the console');
}

/** The link works for whoever reads it, so it is printed where a person reads: not into the log of a service. */
function greeting({ terminal }: Cli, { auth, token }: Config, { url, signInLink }: RunningServer): string[] {
  const answers = `LDF answers at ${url} (reference: ${url}/docs). Ctrl-C ends it.`;
  if (auth === 'none')
    return [answers, 'There is no authentication: every user of this machine can do what Docker can.'];
  const way =
    terminal.stderr.isTTY === true ? `Open  ${signInLink()}` : '`ldf open` prints a link that signs a browser in.';
  const source = token === undefined ? '`ldf token` prints it' : 'it is the one in LDF_TOKEN';
  return [answers, way, `Programs send the token: ${source}.`];
}

/** Every setting, from the one table of them. */
function environmentHelp(command: Command): string[] {
  const helper = command.createHelp();
  helper.prepareContext({ helpWidth: command.configureOutput().getOutHelpWidth?.() ?? 80 });
  const width = Math.max(...settings.map(({ name }) => name.length));
  const items = settings.map(({ name, description, default: fallback }) =>
    helper.formatItem(name, width, fallback ? `${description} (default: ${fallback})` : description, helper),
  );
  return ['Environment:', ...items].join('\n').split('\n');
}
