/** `ldf verify`: builds again from nothing, and tells whether the same bytes came of it. */
import type { Command } from 'commander';
import { type Cli, globalOptions, programWords } from './cli.ts';
import { endedBadly } from './deliver.ts';
import { buildArgument, findBuild } from './find-build.ts';
import { printResult } from './json.ts';
import { reproducibleLines } from './output/reproducible.ts';
import { paintFor } from './output/style.ts';
import { makeStageImagesReady } from './progress/stage-images.ts';
import { withServer } from './server-for-command.ts';
import { print } from './terminal.ts';
import { waitForBuild } from './wait-for-build.ts';

interface Options {
  wait: boolean;
  follow?: boolean;
  json?: boolean;
}

export function addVerifyCommand(program: Command, cli: Cli): void {
  program
    .command('verify')
    .summary('build again from nothing and compare every artifact')
    .description(
      'Builds again from nothing, with the same lock and stage images but empty caches, another host name and another number of CPUs, and compares every artifact. The verdict is kept with the build; on a difference it names the first file that differs.',
    )
    .argument('<build>', buildArgument)
    .option('--no-wait', 'only queue it')
    .option('--follow', 'print the log as it comes')
    .option(
      '--json',
      'print the verified build, with the verdict in `reproducible`, as JSON; with --no-wait the verification',
    )
    .addHelpText('after', '\nExit codes: 0 the same bytes, 1 other bytes or no comparison, 3 cancelled.')
    .action(async (reference: string, options: Options, command: Command) => {
      const { terminal } = cli;
      const global = globalOptions(command);
      await withServer(cli, global, async (server) => {
        const { client } = server;
        const { id } = await findBuild(client, reference);
        await makeStageImagesReady(cli, client);
        const verification = await client.builds.verify(id);
        const program = programWords(global);
        if (!options.wait && server.lasting) {
          if (options.json) printResult(cli, verification);
          else
            print(
              terminal,
              `Build ${verification.id} verifies build ${id}. Follow it:  ${program} logs ${verification.id} -f`,
            );
          return;
        }
        const ended = await waitForBuild(cli, server, verification, {
          follow: options.follow ?? false,
          after: 0,
          program,
        });
        const verified = await server.client.builds.get(id);
        if (options.json) return printResult(cli, verified, endedBadly(ended));
        // A cancelled one leaves the verdict of the one before.
        if (verified.reproducible?.by !== verification.id) return;
        for (const line of reproducibleLines(verified.reproducible, paintFor(terminal.stdout, terminal.env)))
          print(terminal, line);
      });
    });
}
