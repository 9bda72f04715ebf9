/** `ldf builds`: the builds there are, newest first. */
import { type Command, Option } from 'commander';
import { formatDuration } from '../amounts.ts';
import { type Architecture, architectures } from '../architecture.ts';
import { type BuildState, type BuildSummary, buildStates } from '../model/build.ts';
import { type Cli, globalOptions } from './cli.ts';
import { getDistribution } from './find-distribution.ts';
import { printResult } from './json.ts';
import { wholeNumber } from './option-values.ts';
import { formatAge, secondsBetween } from './output/format.ts';
import { type Paint, paintFor, stateWord } from './output/style.ts';
import { formatTable } from './output/table.ts';
import { withServer } from './server-for-command.ts';
import { print, say } from './terminal.ts';

interface Options {
  state?: BuildState;
  arch?: Architecture;
  distribution?: string;
  limit: number;
  cursor?: string;
  json?: boolean;
}

export function addBuildsCommand(program: Command, cli: Cli): void {
  program
    .command('builds')
    .summary('list builds')
    .description('Lists builds, the newest first.')
    .addOption(new Option('--state <state>', 'only those in this state').choices(buildStates))
    .addOption(new Option('--arch <arch>', 'only those for this architecture').choices(architectures))
    .option('--distribution <name>', 'only those of this distribution')
    .option('--limit <number>', 'how many at most, 1 to 200', wholeNumber(1, 200), 20)
    .option('--cursor <cursor>', 'continue a list that was cut off')
    .option('--json', 'print the list as JSON: {items, nextCursor}')
    .action(async (options: Options, command: Command) => {
      const { terminal } = cli;
      await withServer(cli, globalOptions(command), async ({ client }) => {
        const { distribution: name, json, ...filter } = options;
        const distribution = name === undefined ? undefined : (await getDistribution(client, name)).id;
        const page = await client.builds.list({ ...filter, distribution });
        if (json) return printResult(cli, page);
        if (page.items.length === 0) return say(terminal, 'There are no such builds.');
        for (const line of buildTable(page.items, terminal.now(), paintFor(terminal.stdout, terminal.env)))
          print(terminal, line);
        for (const { id, why } of page.unreadable ?? []) say(terminal, `${id} cannot be read: ${why}`);
        if (page.nextCursor !== null) say(terminal, `There are more: --cursor ${page.nextCursor}`);
      });
    });
}

function buildTable(builds: readonly BuildSummary[], nowMs: number, paint: Paint): string[] {
  const columns = [
    { title: 'BUILD' },
    { title: '#', align: 'right' },
    { title: 'DISTRIBUTION' },
    { title: 'ARCH' },
    { title: 'STATE' },
    { title: 'BOOTS' },
    { title: 'TOOK', align: 'right' },
    { title: 'STARTED', align: 'right' },
  ] as const;
  const rows = builds.map((build) => {
    const seconds = secondsBetween(build.startedAt, build.endedAt);
    return [
      build.id,
      String(build.number),
      `${build.name} ${build.version}${build.verifies === null ? '' : ` (verifies ${build.verifies})`}`,
      build.arch,
      stateWord(build.state, paint),
      bootsWord(build, paint),
      seconds === null ? '' : formatDuration(seconds),
      formatAge(build.createdAt, nowMs),
    ];
  });
  return formatTable(columns, rows);
}

/** `not tested` is said of a build that succeeded without anybody trying its images. */
function bootsWord({ state, verdict, verifies }: BuildSummary, paint: Paint): string {
  if (verdict?.bootable === null) return paint('yellow', 'not here');
  if (verdict !== null) return verdict.bootable ? 'yes' : 'no';
  return state === 'succeeded' && verifies === null ? paint('yellow', 'not tested') : '';
}
