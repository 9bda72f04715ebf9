/** `ldf artifacts`: what a build has made. */
import type { Command } from 'commander';
import { formatBytes } from '../amounts.ts';
import { type Cli, globalOptions } from './cli.ts';
import { buildArgument, findBuild } from './find-build.ts';
import { printResult } from './json.ts';
import { verdictWords } from './output/build-report.ts';
import { paintFor } from './output/style.ts';
import { formatTable } from './output/table.ts';
import { withServer } from './server-for-command.ts';
import { print, say } from './terminal.ts';

const columns = [
  { title: 'ARTIFACT' },
  { title: 'NAME' },
  { title: 'FORMAT' },
  { title: 'SIZE', align: 'right' },
  { title: 'BOOT' },
  { title: 'SHA256' },
] as const;

export function addArtifactsCommand(program: Command, cli: Cli): void {
  program
    .command('artifacts')
    .summary("list a build's artifacts")
    .description('Lists the artifacts of a build, with their sha256 and what their boot showed.')
    .argument('<build>', buildArgument)
    .option('--json', 'print the artifacts as JSON: {items}')
    .action(async (reference: string, options: { json?: boolean }, command: Command) => {
      const { terminal } = cli;
      await withServer(cli, globalOptions(command), async ({ client }) => {
        const { artifacts } = await findBuild(client, reference);
        if (options.json) return printResult(cli, { items: artifacts });
        if (artifacts.length === 0) return say(terminal, 'The build has no artifacts.');
        const paint = paintFor(terminal.stdout, terminal.env);
        const rows = artifacts.map(({ id, name, format, sizeBytes, verdict, sha256, removedAt }) => [
          id,
          name,
          format,
          removedAt === undefined ? formatBytes(sizeBytes) : 'removed',
          verdict === null ? '' : verdictWords(verdict, paint),
          sha256,
        ]);
        for (const line of formatTable(columns, rows)) print(terminal, line);
      });
    });
}
