/** `ldf build`: from a definition to images that have booted. */
import { type Command, Option } from 'commander';
import { type Architecture, architectures } from '../architecture.ts';
import { LdfError } from '../errors.ts';
import { type Build, BuildOptions } from '../model/build.ts';
import type { Lock } from '../stages/lock.ts';
import type { ImageName } from '../stages/names.ts';
import { recommendationNotes } from '../stages/recommendations.ts';
import { stageWithResult } from '../stages/registry.ts';
import { applyDefinition } from './apply-definition.ts';
import { type Cli, type GlobalOptions, globalOptions, programWords } from './cli.ts';
import { deliver, outputFolder } from './deliver.ts';
import { type DefinitionFile, definitionOption, explainByLine, readDefinitionFile } from './files/definition-file.ts';
import { lockPathOf, readLockFile, writeLockFile } from './files/lock-file.ts';
import { getDistribution } from './find-distribution.ts';
import { printResult } from './json.ts';
import { collect, wholeNumber } from './option-values.ts';
import { shownPath } from './output/shown-path.ts';
import { makeStageImagesReady } from './progress/stage-images.ts';
import { type ServerConnection, withServer } from './server-for-command.ts';
import { print, say } from './terminal.ts';
import { waitForBuild } from './wait-for-build.ts';

interface Options {
  file?: string;
  wait?: boolean;
  follow?: boolean;
  output?: string;
  json?: boolean;
  arch?: Architecture;
  format?: string[];
  boot: boolean;
  cache: boolean;
  priority?: number;
  idempotencyKey?: string;
}

/** What is built: a file with the lock beside it, or a distribution that the server knows. */
interface Subject {
  distributionId: string;
  file?: DefinitionFile;
  lockPath?: string | undefined;
  /** The lock as the file beside the definition had it. */
  lock?: Lock | undefined;
}

const examples = `
Examples:
  $ ldf build -f distro.yaml                    build, test by booting, show what came of it
  $ ldf build -f distro.yaml --output out       … and leave the images and build.json in out/
  $ ldf build -f distro.yaml --wait --json      in CI: one JSON document on stdout, progress on stderr
  $ ldf build edge-gateway --no-boot            a distribution that was applied before

The lock (distro.lock beside distro.yaml) says exactly which sources and packages were used. It is read
when it is there, and written when it was made or completed: commit it, and the next build is of the same packages.
Without a running server the command brings one up for itself and waits for the end of the build.`;

export function addBuildCommand(program: Command, cli: Cli): void {
  program
    .command('build')
    .summary('build a distribution and boot what was built')
    .description('Builds the images of a distribution, then boots them to prove that they do.')
    .argument('[name]', 'a distribution that was applied before; instead of --file')
    .option('-f, --file <file>', definitionOption)
    .option('--wait', 'wait for the end; the exit code says how the build ended')
    .option('--follow', 'wait, and print the log as it comes')
    .option('--output <dir>', 'wait, then leave all artifacts and build.json there')
    .option('--json', 'print the build as JSON on stdout')
    .addOption(
      new Option('--arch <arch>', "build for this architecture instead of the definition's").choices(architectures),
    )
    .option('--format <format>', "make this format instead of the definition's; may be repeated", collect)
    .option('--no-boot', 'do not boot what was built (nothing is called bootable then)')
    .option('--no-cache', 'run every stage from nothing, whatever the cache holds')
    .option('--priority <number>', 'builds with a higher one go first, -100 to 100', wholeNumber(-100, 100))
    .option('--idempotency-key <key>', 'asking again with the same key gives the same build, not another one')
    .addHelpText('after', examples)
    .action(async (name: string | undefined, options: Options, command: Command) => {
      const global = globalOptions(command);
      if ((name === undefined) === (options.file === undefined))
        throw new LdfError('usage', 'Name either a definition file (-f distro.yaml) or a distribution.', {
          hint: '`ldf build --help` shows both.',
        });
      const file = options.file === undefined ? undefined : await readDefinitionFile(options.file, cli.terminal);
      await withServer(cli, global, async (server) => {
        const subject: Subject = file
          ? await applyFile(server, file, options)
          : { distributionId: (await getDistribution(server.client, name ?? '')).id };
        await build(cli, server, subject, options, global);
      });
    });
}

/** The stage images that the build runs in. @throws LdfError for a definition that cannot be built */
async function neededImages(
  { client }: ServerConnection,
  subject: Subject,
  { boot, arch }: Options,
): Promise<ImageName[]> {
  const { definition } = await client.distributions.get(subject.distributionId);
  const plan = () => client.distributions.validate({ definition: { ...definition, ...(arch ? { arch } : {}) }, boot });
  const { stages } = subject.file ? await explainByLine(subject.file, plan) : await plan();
  return [...new Set(stages.map(({ image }) => image))];
}

async function applyFile(server: ServerConnection, file: DefinitionFile, options: Options): Promise<Subject> {
  const arch = options.arch ?? file.definition.arch;
  const lockPath = lockPathOf(file, arch);
  const lock = await readLockFile(lockPath, arch);
  const { distribution } = await applyDefinition(server.client, file, lock);
  return { distributionId: distribution.id, file, lockPath, lock };
}

async function build(cli: Cli, server: ServerConnection, subject: Subject, options: Options, global: GlobalOptions) {
  const { terminal } = cli;
  const folder = await outputFolder(cli, options.output);
  await makeStageImagesReady(cli, server.client, () => neededImages(server, subject, options));
  const start = () =>
    server.client.distributions.build(subject.distributionId, wishes(options), options.idempotencyKey);
  const started = subject.file ? await explainByLine(subject.file, start) : await start();
  const program = programWords(global);
  const waits = !server.lasting || options.wait || options.follow || folder !== undefined;
  if (!waits) {
    if (options.json) printResult(cli, started);
    else for (const line of startedLines(started, program)) print(terminal, line);
    return;
  }
  const definitionFile = subject.file?.name;
  const ended = await waitForBuild(cli, server, started, {
    follow: options.follow ?? false,
    after: 0,
    definitionFile,
    program,
  });
  await writeBackLock(cli, server, subject, ended);
  await deliver(cli, server.client, ended, { json: options.json ?? false, folder, program });
}

/** Only what was said: the API has the defaults. */
function wishes(options: Options): BuildOptions {
  return BuildOptions.parse({
    boot: options.boot,
    noCache: !options.cache,
    ...(options.arch === undefined ? {} : { arch: options.arch }),
    ...(options.format === undefined ? {} : { formats: options.format }),
    ...(options.priority === undefined ? {} : { priority: options.priority }),
  });
}

function startedLines(build: Build, program: string): string[] {
  const place = build.queuePosition === null ? '' : `, place ${build.queuePosition} in the queue`;
  return [
    `Build ${build.id} of ${build.name} ${build.version} (${build.arch}) is ${build.state}${place}.`,
    `  ${program} logs ${build.id} -f    follow it`,
    `  ${program} show ${build.id}       see its state`,
  ];
}

/**
 * What the build has resolved belongs beside the definition, also when a later stage failed. A build that did not get so far
 * has none of its own, whatever the distribution had before.
 */
async function writeBackLock(cli: Cli, server: ServerConnection, subject: Subject, ended: Build): Promise<void> {
  const resolved = ended.stages.find(({ name }) => name === stageWithResult('lock').name)?.state;
  if (subject.lockPath === undefined || (resolved !== 'succeeded' && resolved !== 'cached')) return;
  const { lock } = await server.client.builds.inputs(ended.id);
  if (!lock || !(await writeLockFile(subject.lockPath, subject.lock, lock))) return;
  for (const note of recommendationNotes(lock.packages)) say(cli.terminal, `Note: ${note}`);
  say(cli.terminal, `Wrote ${shownPath(cli.terminal.cwd, subject.lockPath)}: commit it beside the definition.`);
}
