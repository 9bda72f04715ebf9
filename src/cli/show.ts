/** `ldf show`: one build, with its stages and what came of it. */
import type { Command } from 'commander';
import type { Build } from '../model/build.ts';
import { type Cli, globalOptions, programWords } from './cli.ts';
import { buildArgument, findBuild } from './find-build.ts';
import { printResult } from './json.ts';
import { artifactLines, outcomeLine, stageLines } from './output/build-report.ts';
import { failureLines } from './output/failure.ts';
import { formatTime } from './output/format.ts';
import { reproducibleLines } from './output/reproducible.ts';
import { type Paint, paintFor } from './output/style.ts';
import { withServer } from './server-for-command.ts';
import { print } from './terminal.ts';

export function addShowCommand(program: Command, cli: Cli): void {
  program
    .command('show')
    .summary('show one build: stages, failure, artifacts')
    .description('Shows one build: its stages and why each ran, why it failed, and its artifacts.')
    .argument('<build>', buildArgument)
    .option('--json', 'print the build as JSON')
    .action(async (reference: string, options: { json?: boolean }, command: Command) => {
      const { terminal } = cli;
      const global = globalOptions(command);
      await withServer(cli, global, async ({ client }) => {
        const build = await findBuild(client, reference);
        if (options.json) return printResult(cli, build);
        const paint = paintFor(terminal.stdout, terminal.env);
        for (const line of buildLines(build, programWords(global), paint)) print(terminal, line);
      });
    });
}

function buildLines(build: Build, program: string, paint: Paint): string[] {
  const lines = [
    outcomeLine(build, paint),
    `  build    #${build.number} ${build.id}`,
    `  created  ${formatTime(build.createdAt)}`,
  ];
  if (build.queuePosition !== null) lines.push(`  place    ${build.queuePosition} in the queue`);
  if (build.verifies !== null) lines.push(`  verifies ${build.verifies}`);
  if (build.stages.length > 0) lines.push('', ...stageLines(build, paint));
  if (build.error) lines.push('', ...failureLines(build, { paint, lastLines: [], program }));
  if (build.artifacts.length > 0) lines.push('', ...artifactLines(build, ({ name }) => name, paint));
  if (build.reproducible) lines.push('', ...reproducibleLines(build.reproducible, paint));
  return lines;
}
