/** `ldf kconfig`: the finished configuration of a kernel, before it is compiled, and what differs between two. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { formatCount } from '../amounts.ts';
import { parseConfig } from '../definition/dot-config.ts';
import type { KernelConfigAnswer } from '../model/queries.ts';
import type { ImageName } from '../stages/names.ts';
import { stageThatConfigures, stageWithResult } from '../stages/registry.ts';
import { writeAtomically } from '../write-atomically.ts';
import { type Cli, globalOptions } from './cli.ts';
import { differenceLine, signedTitles } from './diff/command.ts';
import { between, type Difference } from './diff/differences.ts';
import { isFile } from './diff/sides.ts';
import { type DefinitionFile, explainByLine, readDefinitionFile } from './files/definition-file.ts';
import { fileError } from './files/file-error.ts';
import { lockPathOf, readLockFile } from './files/lock-file.ts';
import { buildArgument, findBuild } from './find-build.ts';
import { printResult } from './json.ts';
import { type Paint, paintFor, plainPaint } from './output/style.ts';
import { makeStageImagesReady } from './progress/stage-images.ts';
import { type ServerConnection, withServer } from './server-for-command.ts';
import { print, say } from './terminal.ts';

interface Options {
  output?: string;
  json?: boolean;
}

interface Side {
  title: string;
  answer: KernelConfigAnswer;
}

export function addKconfigCommand(program: Command, cli: Cli): void {
  program
    .command('kconfig')
    .summary("show a kernel's finished .config without compiling it")
    .description(
      'Makes the configuration of a kernel as it will be compiled, and proves that every option holds, without compiling anything; a build takes it from there. Of two, shows what differs.',
    )
    .argument('<definition>', `a definition file, or ${buildArgument}`)
    .argument('[other]', 'what to compare it with, in the same way')
    .option('--output <file>', 'write it there instead of on stdout')
    .option('--json', 'print it as JSON: {version, release, cached, notHeld, config}; of two {a, b, differences}')
    .addHelpText(
      'after',
      '\nExamples:\n  $ ldf kconfig distro.yaml --output my.config\n  $ ldf kconfig edge-gateway distro.yaml    what was built, and what would be built now\n\nA word with a dot or a slash in it is a file, - is standard input. An option that is absent counts as off (n). The exit code does not tell whether\nthere are differences.',
    )
    .action(async (word: string, other: string | undefined, options: Options, command: Command) => {
      const { terminal } = cli;
      await withServer(cli, globalOptions(command), async (server) => {
        const left = await sideOf(cli, server, word);
        const right = other === undefined ? undefined : await sideOf(cli, server, other);
        const differences = right && configDifferences(left.answer.config, right.answer.config);
        if (options.json) return printResult(cli, right ? { a: left.title, b: right.title, differences } : left.answer);
        const paint = paintFor(terminal.stdout, terminal.env);
        const text = (plain: boolean) =>
          right && differences
            ? differenceLines(left, right, differences, plain ? plainPaint : paint).join('\n')
            : left.answer.config.trimEnd();
        if (options.output === undefined) for (const line of text(false).split('\n')) print(terminal, line);
        else await writeText(resolve(terminal.cwd, options.output), `${text(true)}\n`);
        for (const { title, answer } of right ? [] : [left])
          for (const { reason } of answer.notHeld) say(terminal, `${title}: left out: ${reason}.`);
      });
    });
}

async function writeText(path: string, text: string): Promise<void> {
  await writeAtomically(path, text).catch((error: unknown) => {
    throw fileError(error, `${path} cannot be written`);
  });
}

async function sideOf(cli: Cli, server: ServerConnection, word: string): Promise<Side> {
  const { client } = server;
  if (!isFile(word)) {
    const build = await findBuild(client, word);
    const { definition } = await client.builds.inputs(build.id);
    await makeStageImagesReady(cli, client, () => imagesFor(server, definition));
    const title = `build ${build.id} (${build.name} ${build.version})`;
    return { title, answer: await client.builds.kernelConfig(build.id, cli.interrupts.signal) };
  }
  const file = await readDefinitionFile(word, cli.terminal);
  await makeStageImagesReady(cli, client, () => explainByLine(file, () => imagesFor(server, file.value)));
  return { title: file.name, answer: await explainByLine(file, () => ofFile(cli, server, file)) };
}

async function ofFile(cli: Cli, { client }: ServerConnection, file: DefinitionFile): Promise<KernelConfigAnswer> {
  const lock = await readLockFile(lockPathOf(file, file.definition.arch), file.definition.arch);
  const request = { definition: file.value, ...(lock === undefined ? {} : { lock }) };
  return client.queries.kernelConfig(request, cli.interrupts.signal);
}

/** Of the stages up to the one that makes the configuration. */
async function imagesFor({ client }: ServerConnection, definition: Record<string, unknown>): Promise<ImageName[]> {
  const { stages } = await client.distributions.validate({ definition, boot: false, kernelOnly: true });
  const names = [stageWithResult('lock').name, stageWithResult('sources').name, stageThatConfigures().name];
  return [...new Set(stages.flatMap(({ name, image }) => (names.includes(name) ? image : [])))];
}

/** What is absent is off. */
function configDifferences(a: string, b: string): Difference[] {
  const on = (text: string) => new Map([...parseConfig(text)].filter(([, value]) => value !== 'n'));
  return between(on(a), on(b), () => 'changed');
}

function differenceLines(a: Side, b: Side, differences: readonly Difference[], paint: Paint): string[] {
  const titled = (side: Side) => `${side.title}, Linux ${side.answer.release}`;
  const count = differences.length === 0 ? 'no difference' : formatCount(differences.length, 'difference');
  return [
    ...signedTitles(titled(a), titled(b), paint),
    '',
    paint('bold', `Kernel configuration: ${count}`),
    ...differences.map((difference) => differenceLine(difference, paint)),
  ];
}
