/** `ldf images`: the stage images that builds run in. */
import { open, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import type { Command } from 'commander';
import { formatBytes } from '../amounts.ts';
import type { Client } from '../client/client.ts';
import { LdfError } from '../errors.ts';
import type { StageImageStatus } from '../model/stage-image.ts';
import { type ImageName, imageNames } from '../stages/names.ts';
import { placeAtomically } from '../write-atomically.ts';
import { type Cli, globalOptions } from './cli.ts';
import { exitCodes } from './exit-codes.ts';
import { fileError, isFileError } from './files/file-error.ts';
import { documentOf, printResult } from './json.ts';
import { formatTable } from './output/table.ts';
import { showImageProgress } from './progress/stage-images.ts';
import { withServer } from './server-for-command.ts';
import { print, say } from './terminal.ts';

const columns = [
  { title: 'IMAGE' },
  { title: 'STATE' },
  { title: 'ORIGIN' },
  { title: 'SIZE', align: 'right' },
  { title: 'IDENTITY' },
] as const;

const help = `
Examples:
  $ ldf images build                          once, and after an update of LDF
  $ ldf images save --output images.tar       here, with a network
  $ ldf images load images.tar --yes          there, without one`;

export function addImagesCommand(program: Command, cli: Cli): void {
  const images = program
    .command('images')
    .summary('build, verify, save, load or pull the stage images')
    .description(
      'The stage images: the containers in which builds run, the same on every machine that has the same images.',
    )
    .addHelpText('after', help);

  images
    .command('build')
    .description('Builds those that are missing or out of date, and leaves the others alone.')
    .option('--json', 'print them as JSON: {items}')
    .action((options: { json?: boolean }, command: Command) =>
      withServer(cli, globalOptions(command), async ({ client }) => {
        await showImageProgress(cli.terminal, client.stageImages.build(undefined, cli.interrupts.signal));
        await list(cli, client, options);
      }),
    );
  images
    .command('list', { isDefault: true })
    .description('Lists them with their state.')
    .option('--json', 'print them as JSON: {items}')
    .action(async (options: { json?: boolean }, command: Command) => {
      await withServer(cli, globalOptions(command), ({ client }) => list(cli, client, options));
    });
  images
    .command('verify')
    .description('Checks them against what this installation has locked. Exit code 1 when one is not right.')
    .option('--json', 'print them as JSON: {items}')
    .action((options: { json?: boolean }, command: Command) =>
      withServer(cli, globalOptions(command), ({ client }) => list(cli, client, { ...options, checks: true })),
    );
  images
    .command('save')
    .description('Writes them to a tar archive, for machines without a network.')
    .argument('[image...]', `which; by default all: ${imageNames.join(', ')}`)
    .requiredOption('--output <file>', 'the archive to write')
    .option('--json', 'print the path of the archive as JSON: {path}')
    .action((names: string[], options: { output: string; json?: boolean }, command: Command) => {
      const wanted = names.map(imageName);
      return withServer(cli, globalOptions(command), async ({ client }) => {
        const path = await save(cli, client, wanted, options.output);
        if (options.json) printResult(cli, { path });
      });
    });
  images
    .command('load')
    .description(
      'Loads an archive that `ldf images save` wrote. Images that this installation does not know are loaded only with --yes.',
    )
    .argument('<file>', 'the archive')
    .option('--yes', 'you trust the author of the archive: what runs in the images makes every distribution')
    .option('--json', 'print them as JSON: {items}')
    .action((file: string, options: { yes?: boolean; json?: boolean }, command: Command) =>
      withServer(cli, globalOptions(command), async ({ client }) => {
        await load(cli, client, file, options.yes ?? false);
        await list(cli, client, options);
      }),
    );
  images
    .command('pull')
    .description('Pulls them from a registry.')
    .argument('<prefix>', 'what the names begin with, such as registry.example/ldf')
    .option('--json', 'print them as JSON: {items}')
    .action((prefix: string, options: { json?: boolean }, command: Command) =>
      withServer(cli, globalOptions(command), async ({ client }) => {
        await showImageProgress(cli.terminal, client.stageImages.pull(prefix, cli.interrupts.signal));
        await list(cli, client, options);
      }),
    );
}

async function list(cli: Cli, client: Client, options: { json?: boolean; checks?: boolean }): Promise<void> {
  const all = await client.stageImages.list(cli.interrupts.signal);
  if (options.checks && all.some(isWrong)) cli.exitCode = exitCodes.failed;
  if (options.json) {
    const wrong = all.filter(isWrong).map(({ name, state }) => `${name} (${state})`);
    printResult(
      cli,
      { items: all },
      documentOf(new LdfError('images.mismatch', `Not as they should be: ${wrong.join(', ')}.`)),
    );
    return;
  }
  const rows = all.map(({ name, state, origin, sizeBytes, identity }) => [
    name,
    state,
    origin ?? '',
    sizeBytes === null ? '' : formatBytes(sizeBytes),
    identity?.slice(0, 19) ?? '',
  ]);
  for (const line of formatTable(columns, rows)) print(cli.terminal, line);
  for (const { name, problem } of all) if (problem !== null) print(cli.terminal, `${name}: ${problem}`);
}

/** What nothing has needed yet is not missed. */
function isWrong({ state }: StageImageStatus): boolean {
  return state !== 'ok' && state !== 'unused';
}

function imageName(text: string): ImageName {
  const name = imageNames.find((candidate) => candidate === text);
  if (name) return name;
  throw new LdfError('usage', `There is no stage image ${JSON.stringify(text)}.`, {
    hint: `They are: ${imageNames.join(', ')}.`,
  });
}

async function save(cli: Cli, client: Client, names: ImageName[], output: string): Promise<string> {
  const path = resolve(cli.terminal.cwd, output);
  try {
    const archive = await client.stageImages.save(names, cli.interrupts.signal);
    await placeAtomically(path, (file) => writeFile(file, archive));
  } catch (error) {
    throw isFileError(error) ? fileError(error, `${output} cannot be written`) : error;
  }
  say(cli.terminal, `Wrote ${output}. Load it elsewhere with:  ldf images load ${output} --yes`);
  return path;
}

async function load(cli: Cli, client: Client, file: string, trusted: boolean): Promise<void> {
  // Opened first: a mistyped name is not the connection's fault.
  const archive = await open(resolve(cli.terminal.cwd, file)).catch((error: unknown) => {
    throw fileError(error, `${file} cannot be read`);
  });
  try {
    // A file handle's own readableWebStream stalls as a request's body (Node.js 20).
    await client.stageImages.load(Readable.toWeb(archive.createReadStream({ highWaterMark: 1 << 20 })), {
      trusted,
      signal: cli.interrupts.signal,
    });
  } finally {
    await archive.close();
  }
}
