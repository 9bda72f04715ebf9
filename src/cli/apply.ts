/** `ldf apply`: stores a definition on the server, under its name. */
import type { Command } from 'commander';
import { applyDefinition } from './apply-definition.ts';
import { type Cli, globalOptions, programWords } from './cli.ts';
import { definitionOption, readDefinitionFile } from './files/definition-file.ts';
import { lockPathOf, readLockFile } from './files/lock-file.ts';
import { printResult } from './json.ts';
import { withServer } from './server-for-command.ts';
import { print } from './terminal.ts';

interface Options {
  file: string;
  json?: boolean;
}

export function addApplyCommand(program: Command, cli: Cli): void {
  program
    .command('apply')
    .summary('store a definition on the server')
    .description(
      'Stores a definition (and the lock beside it) on the server: makes the distribution, or replaces its definition.',
    )
    .requiredOption('-f, --file <file>', definitionOption)
    .option('--json', 'print the distribution as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ ldf apply -f distro.yaml\n  $ ldf build edge-gateway        builds what was applied',
    )
    .action(async (options: Options, command: Command) => {
      const global = globalOptions(command);
      const file = await readDefinitionFile(options.file, cli.terminal);
      const lock = await readLockFile(lockPathOf(file, file.definition.arch), file.definition.arch);
      await withServer(cli, global, async ({ client }) => {
        const { distribution, created } = await applyDefinition(client, file, lock);
        if (options.json) return printResult(cli, distribution);
        const { name, version, arch } = distribution;
        print(
          cli.terminal,
          `${created ? 'Created' : 'Updated'} ${name} ${version} (${arch}). Build it with:  ${programWords(global)} build ${name}`,
        );
      });
    });
}
