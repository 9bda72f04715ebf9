/** `ldf download`: artifacts to disk, checked against their sha256. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Client } from '../client/client.ts';
import type { Build } from '../model/build.ts';
import { type Cli, globalOptions } from './cli.ts';
import { downloadWithProgress } from './deliver.ts';
import { downloadArtifact } from './files/download-artifact.ts';
import { findBuild, undefinedIfNotFound } from './find-build.ts';
import { shownPath } from './output/shown-path.ts';
import { createDownloadReporter } from './progress/download-reporter.ts';
import { withServer } from './server-for-command.ts';
import { print, say } from './terminal.ts';

export function addDownloadCommand(program: Command, cli: Cli): void {
  program
    .command('download')
    .summary('download artifacts (verified, sparse)')
    .description(
      'Fetches all artifacts of a build with its build.json, or a single artifact. Each is checked against its sha256; raw images take no space where they are empty.',
    )
    .argument('<build|artifact>', "a build's or an artifact's id, or a distribution's name for its newest build")
    .option('--output <dir>', 'the folder to put them in; it is made when it is missing', '.')
    .addHelpText('after', '\nExamples:\n  $ ldf download edge-gateway --output out')
    .action(async (reference: string, options: { output: string }, command: Command) => {
      const folder = resolve(cli.terminal.cwd, options.output);
      await withServer(cli, globalOptions(command), async ({ client }) => {
        if (await downloadOne(cli, client, reference, folder)) return;
        const build = await findBuild(client, reference);
        if (build.artifacts.length === 0) return say(cli.terminal, `Build ${build.id} has no artifacts.`);
        await downloadWithProgress(cli, client, build, folder);
        for (const path of pathsOf(build, folder)) print(cli.terminal, shownPath(cli.terminal.cwd, path));
      });
    });
}

/** @returns whether the reference is an artifact's id */
async function downloadOne(cli: Cli, client: Client, reference: string, folder: string): Promise<boolean> {
  const artifact = await client.artifacts.get(reference).catch(undefinedIfNotFound);
  if (!artifact) return false;
  const reporter = createDownloadReporter(cli.terminal);
  try {
    const options = { signal: cli.interrupts.signal, onProgress: reporter.progress };
    const path = await downloadArtifact(client, artifact, folder, options);
    print(cli.terminal, shownPath(cli.terminal.cwd, path));
  } finally {
    reporter.stop();
  }
  return true;
}

function pathsOf(build: Build, folder: string): string[] {
  return [...build.artifacts.map((artifact) => resolve(folder, artifact.name)), resolve(folder, 'build.json')];
}
