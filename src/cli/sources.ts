/** `ldf sources`: puts files into the source store that no server has. */
import { open } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { Readable } from 'node:stream';
import type { Command } from 'commander';
import { formatBytes } from '../amounts.ts';
import { LdfError } from '../errors.ts';
import { SourceName } from '../model/source.ts';
import { type Cli, globalOptions } from './cli.ts';
import { fileError } from './files/file-error.ts';
import { printResult } from './json.ts';
import { withServer } from './server-for-command.ts';
import { print } from './terminal.ts';

const help = `
Example, for a kernel's tree that no server has:
  $ ldf sources add linux-6.12.40.tar.xz`;

export function addSourcesCommand(program: Command, cli: Cli): void {
  const sources = program
    .command('sources')
    .summary('add files to the source store')
    .description('The source store: the files that builds are made from, each by its sha256.')
    .addHelpText('after', help);
  sources
    .command('add')
    .description('Sends a file to the source store, and prints the sha256 that a definition names it by.')
    .argument('<file>', "such as an archive with a kernel's tree")
    .option('--sha256 <hash>', 'refuse the file when it has another sha256')
    .option('--json', 'print it as JSON')
    .action(async (file: string, options: { sha256?: string; json?: boolean }, command: Command) => {
      const filename = nameOf(file);
      // Opened first: a mistyped name is not the connection's fault.
      const content = await open(resolve(cli.terminal.cwd, file)).catch((error: unknown) => {
        throw fileError(error, `${file} cannot be read`);
      });
      try {
        await withServer(cli, globalOptions(command), async ({ client }) => {
          const body = Readable.toWeb(content.createReadStream({ highWaterMark: 1 << 20 }));
          const asked = { filename, sha256: options.sha256, signal: cli.interrupts.signal };
          const added = await client.sources.add(body, asked);
          if (options.json) return printResult(cli, added);
          print(cli.terminal, `${added.filename} (${formatBytes(added.sizeBytes)}) is in the source store:`);
          print(cli.terminal, `sha256: ${added.sha256}`);
        });
      } finally {
        await content.close();
      }
    });
}

function nameOf(file: string): string {
  const parsed = SourceName.safeParse(basename(file));
  if (parsed.success) return parsed.data;
  throw new LdfError('usage', `${file} ${parsed.error.issues[0]?.message}.`, {
    hint: 'Rename the file, then try again.',
  });
}
