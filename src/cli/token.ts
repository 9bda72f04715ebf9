/** `ldf token`: what programs send to the server. */
import type { Command } from 'commander';
import { LdfError } from '../errors.ts';
import { type Cli, globalOptions } from './cli.ts';
import { printResult } from './json.ts';
import { print } from './terminal.ts';

export function addTokenCommand(program: Command, cli: Cli): void {
  program
    .command('token')
    .summary('print the token of the server on this data folder')
    .description(
      'Prints the token with which programs ask the server on this data folder: LDF_TOKEN if it is set, else the one in the folder, which is made when there is none. It stays the same when the server is started again.',
    )
    .option('--json', 'print it as JSON: {token}')
    .addHelpText(
      'after',
      '\nExamples:\n  $ curl -H "Authorization: Bearer $(ldf token)" http://127.0.0.1:8080/v1/builds\n  $ LDF_TOKEN=… LDF_SERVER=https://ldf.example ldf builds      on another machine\n\nAnyone who has the token can do what Docker can. To replace it, remove the file `token` in the data folder and start the server again.',
    )
    .action(async (options: { json?: boolean }, command: Command) => {
      const { env } = cli.terminal;
      if (globalOptions(command).server !== undefined)
        throw new LdfError('usage', 'No server gives its token away.', {
          hint: 'Run `ldf token` on the machine of the server.',
        });
      const { loadConfig } = await import('../config.ts');
      const { token, dataDir } = loadConfig(env);
      const tell = (known: string) => (options.json ? printResult(cli, { token: known }) : print(cli.terminal, known));
      if (token !== undefined) return tell(token);
      const [{ makeDataFolder, readNotice }, { lastingToken }] = await Promise.all([
        import('../data-folder.ts'),
        import('../access/token-file.ts'),
      ]);
      await makeDataFolder(dataDir);
      const notice = await readNotice(dataDir);
      // A server that was started with LDF_TOKEN has that one.
      const own = notice && !notice.temporary ? notice.token : undefined;
      tell(own ?? (await lastingToken(dataDir)));
    });
}
