/** The commands of `ldf`, put together. */
import { Command } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { printableLines } from '../printable-text.ts';
import { addApplyCommand } from './apply.ts';
import { addArtifactsCommand } from './artifacts.ts';
import { addBootCommand } from './boot/command.ts';
import { addBuildCommand } from './build.ts';
import { addBuildsCommand } from './builds.ts';
import { addCancelCommand } from './cancel.ts';
import type { Cli } from './cli.ts';
import { addCompletionCommand } from './completion.ts';
import { addComponentsCommand } from './components.ts';
import { addDeleteCommand } from './delete.ts';
import { addDiffCommand } from './diff/command.ts';
import { addDistributionsCommand } from './distributions.ts';
import { addDownloadCommand } from './download.ts';
import { exitCodeMeanings } from './exit-codes.ts';
import { addGcCommand } from './gc.ts';
import { addImagesCommand } from './images.ts';
import { addInitCommand } from './init.ts';
import { addKconfigCommand } from './kconfig.ts';
import { addKeysCommand } from './keys.ts';
import { addLockCommand } from './lock.ts';
import { addLogsCommand } from './logs.ts';
import { addOpenCommand } from './open.ts';
import { addRetryCommand } from './retry.ts';
import { addSchemaCommand } from './schema.ts';
import { addServeCommand } from './serve.ts';
import { addShowCommand } from './show.ts';
import { addSourcesCommand } from './sources.ts';
import { addSystemCommand } from './system.ts';
import { print } from './terminal.ts';
import { addTokenCommand } from './token.ts';
import { addValidateCommand } from './validate.ts';
import { addVerifyCommand } from './verify.ts';
import { addVerifyArtifactCommand } from './verify-artifact/command.ts';
import { addWhyCommand } from './why.ts';

const groups = [
  {
    title: 'From a definition:',
    commands: [
      addInitCommand,
      addBuildCommand,
      addValidateCommand,
      addLockCommand,
      addKconfigCommand,
      addApplyCommand,
      addSchemaCommand,
      addComponentsCommand,
    ],
  },
  {
    title: 'Builds:',
    commands: [
      addBuildsCommand,
      addShowCommand,
      addLogsCommand,
      addWhyCommand,
      addCancelCommand,
      addRetryCommand,
      addVerifyCommand,
      addArtifactsCommand,
      addDownloadCommand,
      addVerifyArtifactCommand,
      addBootCommand,
      addDiffCommand,
      addDeleteCommand,
    ],
  },
  {
    title: 'LDF itself:',
    commands: [
      addDistributionsCommand,
      addKeysCommand,
      addImagesCommand,
      addSystemCommand,
      addSourcesCommand,
      addGcCommand,
      addServeCommand,
      addOpenCommand,
      addTokenCommand,
      addCompletionCommand,
      addVersionCommand,
    ],
  },
];

export function createProgram(cli: Cli): Command {
  const { stdout, stderr } = cli.terminal;
  const program: Command = new Command('ldf')
    .description(
      'Linux Distribution Factory: turns a definition into disk images, and boots each one to prove it works.',
    )
    .usage('<command> [options]')
    .version(packageJson.version, '-V, --version', 'print the version')
    .option(
      '--server <url>',
      'the server to use; default: $LDF_SERVER, else the one that runs on the data folder, else one just for this command',
    )
    .helpOption('-h, --help', 'show help')
    .configureHelp({
      showGlobalOptions: true,
      // Of the options of `ldf` itself only --server is of use with a command.
      visibleGlobalOptions: (command) =>
        command === program ? [] : program.options.filter((option) => option.long === '--server'),
    })
    .configureOutput({
      writeOut: (text) => stdout.write(printableLines(text)),
      writeErr: (text) => stderr.write(printableLines(text)),
      getOutHelpWidth: () => stdout.columns ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
    })
    .exitOverride()
    .addHelpText('after', generalHelp());
  for (const { title, commands } of groups) {
    program.commandsGroup(title);
    for (const add of commands) add(program, cli);
  }
  return program.helpCommand('help [command]', 'show help for a command');
}

/** As `--version`: what one types without looking it up. */
function addVersionCommand(program: Command, { terminal }: Cli): void {
  program
    .command('version')
    .summary('print the version')
    .description('Prints the version of LDF.')
    .action(() => print(terminal, packageJson.version));
}

function generalHelp(): string {
  const codes = Object.entries(exitCodeMeanings).map(([code, meaning]) => `  ${code}  ${meaning}`);
  return `
Begin with:
  $ ldf init                          the examples; each is a definition to begin with
  $ ldf init web-server
  $ ldf build -f web-server.yaml --output out

Exit codes:
${codes.join('\n')}

Environment: LDF_SERVER (as --server), LDF_TOKEN (for that server), LDF_DATA_DIR (where everything is kept), NO_COLOR (no colours),
LDF_DEBUG (stack traces); \`ldf serve --help-env\` lists all.`;
}
