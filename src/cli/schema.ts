/** `ldf schema`: the JSON Schema of a definition, for editors and other programs. */
import type { Command } from 'commander';
import { definitionJsonSchema } from '../definition/json-schema.ts';
import type { Cli } from './cli.ts';
import { printJson } from './terminal.ts';

export function addSchemaCommand(program: Command, cli: Cli): void {
  program
    .command('schema')
    .summary('print the JSON Schema of a definition')
    .description('Prints the JSON Schema of a definition. Editors complete and check distro.yaml by it.')
    .addHelpText(
      'after',
      '\nExamples:\n  $ ldf schema > ldf.schema.json\n\nThen begin distro.yaml with the line\n  # yaml-language-server: $schema=./ldf.schema.json',
    )
    .action(() => printJson(cli.terminal, definitionJsonSchema()));
}
