/** `ldf boot`: a machine that starts from an image, with its console on this terminal. */
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { type Architecture, architectures, ownArchitecture } from '../../architecture.ts';
import type { Client } from '../../client/client.ts';
import { LdfError } from '../../errors.ts';
import type { Artifact } from '../../model/artifact.ts';
import { shellWord } from '../../shell-word.ts';
import { type Cli, globalOptions } from '../cli.ts';
import { isFile } from '../diff/sides.ts';
import { exitCodes } from '../exit-codes.ts';
import { fileError } from '../files/file-error.ts';
import { buildArgument, findBuild, undefinedIfNotFound } from '../find-build.ts';
import { wholeNumber } from '../option-values.ts';
import { withServer } from '../server-for-command.ts';
import { print, say } from '../terminal.ts';
import { qemuCommand } from './qemu.ts';

interface Options {
  format?: string;
  arch?: Architecture;
  memory: number;
  network: boolean;
  print?: boolean;
  root?: boolean;
}

const help = `
Examples:
  $ ldf boot out/edge-gateway-1.2-x86_64.raw    in the QEMU of this machine; Ctrl-A X ends it
  $ ldf boot edge-gateway                       the newest build, on the server; Ctrl-] ends it
  $ ldf boot edge-gateway --root                … with a shell of root, whoever may log in to the image
  $ ldf boot out/edge.raw --print               only print the command of QEMU

A word with a dot or a slash in it is a file. What the machine writes to its disk is discarded. On the server it has no
network, and the stage image of the boot test brings QEMU.`;

export function addBootCommand(program: Command, cli: Cli): void {
  program
    .command('boot')
    .summary('boot an image and use its console')
    .description(
      'Boots an image file in the QEMU of this machine, or an image of a build on the server, with its serial console on this terminal.',
    )
    .argument('<image|build>', `an image file, an artifact's id, or ${buildArgument}`)
    .option('--format <format>', 'of a build, the image in this format; default: the first that can boot')
    .addOption(
      new Option('--arch <arch>', 'of a file, its architecture; default: that of this machine').choices(architectures),
    )
    .option('--memory <MiB>', 'of a file, the memory of the machine in MiB', wholeNumber(64, 1_048_576), 1024)
    .option('--no-network', 'of a file, give the machine no network')
    .option('--root', 'of a build, log root in on the console, on that machine alone')
    .option('--print', 'of a file, only print the command')
    .addHelpText('after', help)
    .action(async (reference: string, options: Options, command: Command) => {
      if (isFile(reference)) return bootFile(cli, reference, options);
      await withServer(cli, globalOptions(command), async (server) => {
        const artifact = await findImage(server.client, reference, options.format);
        say(cli.terminal, `Booting ${artifact.name}. Ctrl-] switches the machine off.`);
        const { joinConsole } = await import('./console.ts');
        await joinConsole(
          server,
          { artifactId: artifact.id, root: options.root === true },
          cli.terminal,
          cli.interrupts.signal,
        );
        say(cli.terminal, '\nThe machine is off.');
      });
    });
}

async function bootFile(cli: Cli, name: string, options: Options): Promise<void> {
  const { terminal } = cli;
  if (options.root)
    throw new LdfError('usage', `It is not known what runs in ${name}, so --root has nobody to ask.`, {
      hint: 'Name the build: the server boots it, and knows.',
    });
  const image = resolve(terminal.cwd, name);
  await access(image).catch((error: unknown) => {
    throw fileError(error, `The image ${name} cannot be read`);
  });
  const arch = options.arch ?? ownArchitecture() ?? 'x86_64';
  const { memory: memoryMiB, network } = options;
  const command = await qemuCommand({ image, arch, memoryMiB, network }, terminal.env);
  if (command === undefined)
    throw new LdfError('usage', `There is no QEMU for ${arch} on this machine.`, {
      hint: 'Install it (Debian: qemu-system-x86 and ovmf), or name the build: `ldf boot BUILD` boots it on the server.',
    });
  if (options.print) return print(terminal, command.map(shellWord).join(' '));
  say(terminal, `Booting ${name}. Ctrl-A X switches the machine off.`);
  const [program, ...words] = command;
  const { execa } = await import('execa');
  const ended = await execa(program, words, { stdio: 'inherit', reject: false, cancelSignal: cli.interrupts.signal });
  if (ended.failed && !ended.isCanceled) {
    say(terminal, `QEMU ended with ${ended.exitCode ?? ended.signal ?? ended.message}.`);
    cli.exitCode = exitCodes.failed;
  }
}

/** @throws LdfError `not-found`, also for a build without such an image */
async function findImage(client: Client, reference: string, format: string | undefined): Promise<Artifact> {
  const artifact = await client.artifacts.get(reference).catch(undefinedIfNotFound);
  if (artifact) return artifact;
  const build = await findBuild(client, reference);
  const images = build.artifacts.filter(({ bootable, removedAt }) => bootable && removedAt === undefined);
  const image = images.find((candidate) => format === undefined || candidate.format === format);
  if (image) return image;
  const has =
    images.length === 0 ? 'It has none that can boot.' : `It has ${images.map((one) => one.format).join(', ')}.`;
  throw new LdfError(
    'not-found',
    `Build ${build.id} has no image${format === undefined ? '' : ` in the format ${format}`} to boot.`,
    {
      hint: `${has} \`ldf artifacts ${build.id}\` lists what it has.`,
    },
  );
}
