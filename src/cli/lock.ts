/** `ldf lock`: writes down the exact sources of a definition, or says what a new look would move. */
import { type Command, Option } from 'commander';
import { formatCount } from '../amounts.ts';
import { type Architecture, architectures } from '../architecture.ts';
import { LdfError } from '../errors.ts';
import type { LockChange } from '../model/lock.ts';
import { type Cli, globalOptions } from './cli.ts';
import { definitionOption, explainByLine, readDefinitionFile } from './files/definition-file.ts';
import { lockPathOf, readLockFile, writeLockFile } from './files/lock-file.ts';
import { printResult } from './json.ts';
import { shownPath } from './output/shown-path.ts';
import { formatTable } from './output/table.ts';
import { makeStageImagesReady } from './progress/stage-images.ts';
import { withServer } from './server-for-command.ts';
import { print } from './terminal.ts';

interface Options {
  file: string;
  arch?: Architecture;
  update?: boolean;
  dryRun?: boolean;
  json?: boolean;
}

const columns = [{ title: 'MOVES' }, { title: 'NAME' }, { title: 'FROM' }, { title: 'TO' }] as const;

export function addLockCommand(program: Command, cli: Cli): void {
  program
    .command('lock')
    .summary('write distro.lock: the exact sources and packages')
    .description(
      'Writes the lock beside a definition: the exact kernel and packages, each with its sha256. Only what is missing or no longer answers the definition is resolved; with --update everything.',
    )
    .requiredOption('-f, --file <file>', definitionOption)
    .addOption(
      new Option('--arch <arch>', "lock for this architecture instead of the definition's").choices(architectures),
    )
    .option('--update', 'resolve everything again, to the newest versions')
    .option('--dry-run', 'show what would change, and write nothing')
    .option('--json', 'print the lock and its changes as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ ldf lock -f distro.yaml                       makes or completes distro.lock\n  $ ldf lock -f distro.yaml --update --dry-run    shows what an update would move',
    )
    .action(async (options: Options, command: Command) => {
      const { terminal } = cli;
      const file = await readDefinitionFile(options.file, terminal);
      const arch = options.arch ?? file.definition.arch;
      const path = lockPathOf(file, arch);
      if (path === undefined && !options.dryRun && !options.json)
        throw new LdfError('usage', 'A definition from standard input has no file beside which a lock could stand.', {
          hint: 'Print the lock with `--json`, or what would change with `--dry-run`.',
        });
      const before = await readLockFile(path, arch);
      await withServer(cli, globalOptions(command), async ({ client }) => {
        await makeStageImagesReady(cli, client);
        const { lock, changes, notes } = await explainByLine(file, () =>
          client.resolveLock({
            definition: file.value,
            arch,
            update: options.update ?? false,
            ...(before === undefined ? {} : { lock: before }),
          }),
        );
        const written = path !== undefined && !options.dryRun && (await writeLockFile(path, before, lock));
        if (options.json) return printResult(cli, { lock, changes, notes });
        for (const line of changeLines(changes)) print(terminal, line);
        for (const note of notes) print(terminal, `Note: ${note}`);
        const shown = path === undefined ? 'The lock' : shownPath(terminal.cwd, path);
        print(terminal, outcome(shown, written, options.dryRun ?? false, changes.length));
      });
    });
}

function changeLines(changes: readonly LockChange[]): string[] {
  if (changes.length === 0) return [];
  return formatTable(
    columns,
    changes.map(({ group, name, from, to, security }) => [
      ...[group, name, from ?? '(new)'],
      `${to ?? '(removed)'}${security ? ' (security update)' : ''}`,
    ]),
  );
}

function outcome(path: string, written: boolean, dryRun: boolean, changes: number): string {
  if (dryRun)
    return changes === 0 ? `${path} is up to date.` : `${formatCount(changes, 'change')}; ${path} was not touched.`;
  return written ? `Wrote ${path} (${formatCount(changes, 'change')}).` : `${path} is up to date.`;
}
