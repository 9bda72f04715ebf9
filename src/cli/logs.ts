/** `ldf logs`: the log of a build, whole or as it grows. */
import { type Command, Option } from 'commander';
import { hasEnded } from '../client/apply-entry.ts';
import type { JournalEntry, LogEntry } from '../model/journal.ts';
import { printableJson, printableText } from '../printable-text.ts';
import type { StageName } from '../stages/names.ts';
import { stageNames } from '../stages/registry.ts';
import { type Cli, globalOptions } from './cli.ts';
import { buildArgument, findBuild } from './find-build.ts';
import { wholeNumber } from './option-values.ts';
import { buildEvents } from './progress/build-events.ts';
import { withServer } from './server-for-command.ts';
import { printAll } from './terminal.ts';

interface Options {
  follow?: boolean;
  stage?: StageName;
  attempt?: number;
  json?: boolean;
}

export function addLogsCommand(program: Command, cli: Cli): void {
  program
    .command('logs')
    .summary("print a build's log")
    .description('Prints the log of a build, all attempts included.')
    .argument('<build>', buildArgument)
    .option('-f, --follow', 'continue until the build ends')
    .addOption(new Option('--stage <stage>', 'only the log of this stage').choices(stageNames))
    .option('--attempt <number>', 'only this attempt; `ldf why BUILD` lists them', wholeNumber(1, 1_000_000))
    .option('--json', 'print each entry as one line of JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ ldf logs edge-gateway -f              the newest build, as it runs\n  $ ldf logs edge-gateway --stage boot    what the serial console said',
    )
    .action(async (reference: string, options: Options, command: Command) => {
      await withServer(cli, { ...globalOptions(command), json: true }, async (server) => {
        const build = await findBuild(server.client, reference);
        const entries =
          options.follow && !hasEnded(build.state)
            ? placedLogs(buildEvents(server, build.id, 0, cli.interrupts.signal))
            : server.client.builds.logs(build.id, {
                stage: options.stage,
                attempt: options.attempt,
                signal: cli.interrupts.signal,
              });
        await printAll(cli.terminal, linesOf(cli, entries, options));
      });
    });
}

async function* placedLogs(entries: AsyncIterable<{ entry: JournalEntry }>): AsyncGenerator<LogEntry> {
  for await (const { entry } of entries) if (entry.type === 'log') yield entry;
}

/** Into a file or pipe the text goes as it was printed; on a terminal a build must not move the cursor. */
async function* linesOf(cli: Cli, entries: AsyncIterable<LogEntry>, options: Options): AsyncGenerator<string> {
  const { json, stage, attempt } = options;
  for await (const entry of entries) {
    if (stage !== undefined && entry.stage !== stage) continue;
    if (attempt !== undefined && entry.attempt !== attempt) continue;
    const text = cli.terminal.stdout.isTTY ? printableText(entry.text) : entry.text;
    if (json) yield printableJson(JSON.stringify(entry));
    else yield stage === undefined ? `${entry.stage} | ${text}` : text;
  }
}
