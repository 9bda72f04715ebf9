/** `ldf distributions`: the definitions that the server keeps. */
import type { Command } from 'commander';
import type { Client } from '../client/client.ts';
import type { Distribution } from '../model/distribution.ts';
import { printableJson, printableText } from '../printable-text.ts';
import { type Cli, globalOptions } from './cli.ts';
import { getDistribution } from './find-distribution.ts';
import { printResult } from './json.ts';
import { wholeNumber } from './option-values.ts';
import { formatAge, formatTime } from './output/format.ts';
import { paintFor, stateWord } from './output/style.ts';
import { formatTable } from './output/table.ts';
import { withServer } from './server-for-command.ts';
import { print, say } from './terminal.ts';

interface ListOptions {
  limit: number;
  cursor?: string;
  json?: boolean;
}

const columns = [
  { title: 'DISTRIBUTION' },
  { title: 'VERSION' },
  { title: 'ARCH' },
  { title: 'LAST BUILD' },
  { title: 'STATE' },
  { title: 'CHANGED', align: 'right' },
] as const;

export function addDistributionsCommand(program: Command, cli: Cli): void {
  const distributions = program
    .command('distributions')
    .summary('list, show or delete what was applied')
    .description('The distributions that the server keeps: those of `ldf apply` and `ldf build -f`.');

  distributions
    .command('list', { isDefault: true })
    .description('Lists them, the newest first.')
    .option('--limit <number>', 'how many at most, 1 to 200', wholeNumber(1, 200), 50)
    .option('--cursor <cursor>', 'continue a list that was cut off')
    .option('--json', 'print the list as JSON: {items, nextCursor}')
    .action((options: ListOptions, command: Command) =>
      withServer(cli, globalOptions(command), ({ client }) => list(cli, client, options)),
    );

  distributions
    .command('show')
    .description('Shows one, with its definition and what its locks hold.')
    .argument('<name>', 'its name')
    .option('--json', 'print it as JSON, with its locks')
    .action((name: string, options: { json?: boolean }, command: Command) =>
      withServer(cli, globalOptions(command), async ({ client }) => {
        const { id } = await getDistribution(client, name);
        const distribution = await client.distributions.get(id);
        if (options.json) return printResult(cli, distribution);
        for (const line of distributionLines(distribution)) print(cli.terminal, line);
      }),
    );

  distributions
    .command('delete')
    .description('Deletes one, with its locks. Its builds and their artifacts stay.')
    .argument('<name>', 'its name')
    .option('--json', 'print its name as JSON: {name}')
    .action((name: string, options: { json?: boolean }, command: Command) =>
      withServer(cli, globalOptions(command), async ({ client }) => {
        const { id } = await getDistribution(client, name);
        await client.distributions.remove(id);
        if (options.json) return printResult(cli, { name });
        print(cli.terminal, `Deleted ${name}. Its builds stay.`);
      }),
    );
}

async function list(cli: Cli, client: Client, { json, ...query }: ListOptions): Promise<void> {
  const { terminal } = cli;
  const page = await client.distributions.list(query);
  if (json) return printResult(cli, page);
  if (page.items.length === 0) return say(terminal, 'There are none yet. `ldf apply -f distro.yaml` makes one.');
  const paint = paintFor(terminal.stdout, terminal.env);
  const rows = page.items.map(({ name, version, arch, lastBuild, updatedAt }) => [
    name,
    version,
    arch,
    lastBuild ? `#${lastBuild.number} ${lastBuild.id}` : '',
    lastBuild ? stateWord(lastBuild.state, paint) : '',
    formatAge(updatedAt, terminal.now()),
  ]);
  for (const line of formatTable(columns, rows)) print(terminal, line);
  for (const { id, why } of page.unreadable ?? []) say(terminal, `${id} cannot be read: ${why}`);
  if (page.nextCursor !== null) say(terminal, `There are more: --cursor ${page.nextCursor}`);
}

function distributionLines(distribution: Distribution): string[] {
  const { name, version, arch, lastBuild, locks, createdAt, updatedAt } = distribution;
  const lockLines = Object.values(locks).map(
    (lock) =>
      `  lock     ${lock.arch}: kernel ${printableText(lock.kernel?.version ?? 'open')}, ${lock.packages?.packages.length ?? 'open'} packages`,
  );
  return [
    `${name} ${version} (${arch})`,
    `  created  ${formatTime(createdAt)}`,
    `  changed  ${formatTime(updatedAt)}`,
    `  build    ${lastBuild ? `#${lastBuild.number} ${lastBuild.id} ${lastBuild.state}` : 'none yet'}`,
    ...lockLines,
    '',
    printableJson(JSON.stringify(distribution.definition, null, 2)),
  ];
}
