/** `ldf delete`: builds that nobody needs any more. */
import type { Command } from 'commander';
import { type Cli, globalOptions } from './cli.ts';
import { printResult } from './json.ts';
import { withServer } from './server-for-command.ts';
import { print } from './terminal.ts';

export function addDeleteCommand(program: Command, cli: Cli): void {
  program
    .command('delete')
    .summary('delete builds with their artifacts and logs')
    .description(
      'Deletes builds that have ended, with their artifacts and logs. This cannot be undone. Distributions stay; `ldf distributions delete` deletes one.',
    )
    // By their ids alone: a name means another build as soon as there is a newer one.
    .argument('<build...>', 'the ids of the builds, as `ldf builds` lists them')
    .option('--json', 'print the ids as JSON: {items}')
    .action(async (ids: string[], options: { json?: boolean }, command: Command) => {
      await withServer(cli, globalOptions(command), async ({ client }) => {
        for (const id of ids) {
          await client.builds.remove(id);
          if (!options.json) print(cli.terminal, `Deleted build ${id}.`);
        }
        if (options.json) printResult(cli, { items: ids });
      });
    });
}
