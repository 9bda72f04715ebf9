/** `ldf retry`: runs the failed stage of a build again, and what follows it. */
import { type Command, Option } from 'commander';
import type { StageName } from '../stages/names.ts';
import { stageNames } from '../stages/registry.ts';
import { type Cli, globalOptions, programWords } from './cli.ts';
import { deliver, outputFolder } from './deliver.ts';
import { buildArgument, findBuild } from './find-build.ts';
import { printResult } from './json.ts';
import { makeStageImagesReady } from './progress/stage-images.ts';
import { withServer } from './server-for-command.ts';
import { print } from './terminal.ts';
import { waitForBuild } from './wait-for-build.ts';

interface Options {
  stage?: StageName;
  wait?: boolean;
  follow?: boolean;
  output?: string;
  json?: boolean;
}

export function addRetryCommand(program: Command, cli: Cli): void {
  program
    .command('retry')
    .summary('run the failed stage again, and what follows')
    .description('Runs the stage that failed again, and what follows it. Finished stages keep their results.')
    .argument('<build>', buildArgument)
    .addOption(new Option('--stage <stage>', 'begin at this stage instead').choices(stageNames))
    .option('--wait', 'wait for the end; the exit code says how the build ended')
    .option('--follow', 'wait, and print the log as it comes')
    .option('--output <dir>', 'wait, then leave all artifacts and build.json there')
    .option('--json', 'print the build as JSON on stdout')
    .addHelpText(
      'after',
      '\nAn edited definition is a new build: use `ldf build -f FILE`, which finds everything that did not change in the cache.',
    )
    .action(async (reference: string, options: Options, command: Command) => {
      const global = globalOptions(command);
      const program = programWords(global);
      const folder = await outputFolder(cli, options.output);
      await withServer(cli, global, async (server) => {
        const { client } = server;
        const { id } = await findBuild(client, reference);
        await makeStageImagesReady(cli, client);
        const after = await client.builds.position(id);
        const build = await client.builds.retry(id, options.stage);
        const waits = !server.lasting || options.wait || options.follow || folder !== undefined;
        if (!waits) {
          if (options.json) printResult(cli, build);
          else print(cli.terminal, `Build ${id} is ${build.state} again. Follow it with:  ${program} logs ${id} -f`);
          return;
        }
        const ended = await waitForBuild(cli, server, build, { follow: options.follow ?? false, after, program });
        await deliver(cli, server.client, ended, { json: options.json ?? false, folder, program });
      });
    });
}
