/** `ldf cancel`: ends a build. */
import type { Command } from 'commander';
import { type Cli, globalOptions, programWords } from './cli.ts';
import { exitCodes } from './exit-codes.ts';
import { buildArgument, findBuild } from './find-build.ts';
import { withServer } from './server-for-command.ts';
import { print } from './terminal.ts';
import { waitForBuild } from './wait-for-build.ts';

export function addCancelCommand(program: Command, cli: Cli): void {
  program
    .command('cancel')
    .summary('cancel a build')
    .description('Asks a build to end. Finished stages stay in the cache, and `ldf retry` continues from there.')
    .argument('<build>', buildArgument)
    .option('--wait', 'wait until it has ended')
    .action(async (reference: string, options: { wait?: boolean }, command: Command) => {
      const global = globalOptions(command);
      await withServer(cli, global, async (server) => {
        const build = await findBuild(server.client, reference);
        const after = await server.client.builds.position(build.id);
        await server.client.builds.cancel(build.id);
        print(cli.terminal, `Build ${build.id} is being cancelled.`);
        // Without a server that stays, nobody would see to it that the build ends.
        if (!options.wait && server.lasting) return;
        await waitForBuild(cli, server, build, { follow: false, after, program: programWords(global) });
        // To have cancelled it is what was asked for.
        if (cli.exitCode === exitCodes.cancelled) cli.exitCode = exitCodes.done;
      });
    });
}
