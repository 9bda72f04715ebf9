/** `ldf why`: why each stage of a build ran or did not have to, attempt by attempt, with every difference. */
import type { Command } from 'commander';
import { formatDuration } from '../amounts.ts';
import type { Attempt, Difference } from '../model/stage-run.ts';
import { printableText } from '../printable-text.ts';
import type { StageName } from '../stages/names.ts';
import { stageNames } from '../stages/registry.ts';
import { type Cli, globalOptions } from './cli.ts';
import { buildArgument, findBuild } from './find-build.ts';
import { printResult } from './json.ts';
import { secondsBetween } from './output/format.ts';
import { type Paint, paintFor, stateSymbol, stateWord } from './output/style.ts';
import { withServer } from './server-for-command.ts';
import { print, say } from './terminal.ts';

export function addWhyCommand(program: Command, cli: Cli): void {
  program
    .command('why')
    .summary('explain why each stage ran')
    .description(
      'Tells why each stage of a build ran or did not have to: all attempts, and every difference from the run that it was compared with.',
    )
    .argument('<build>', buildArgument)
    .addArgument(program.createArgument('[stage]', 'only this stage').choices(stageNames))
    .option('--json', 'print the attempts as JSON: {build, items}')
    .addHelpText('after', '\nThe log of one attempt:  ldf logs BUILD --stage STAGE --attempt NUMBER')
    .action(async (reference: string, stage: StageName | undefined, options: { json?: boolean }, command: Command) => {
      const { terminal } = cli;
      await withServer(cli, globalOptions(command), async ({ client }) => {
        const { id } = await findBuild(client, reference);
        const items = await client.builds.attempts(id, stage);
        if (options.json) return printResult(cli, { build: id, items });
        if (items.length === 0) return say(terminal, `Build ${id} has not reached a stage yet.`);
        const paint = paintFor(terminal.stdout, terminal.env);
        for (const attempt of items) for (const line of attemptLines(attempt, paint)) print(terminal, line);
      });
    });
}

function attemptLines(attempt: Attempt, paint: Paint): string[] {
  const { name, state, startedAt, endedAt, reason, error, exitCode, compared } = attempt;
  const seconds = state === 'cached' ? null : secondsBetween(startedAt, endedAt);
  const took = seconds === null ? '' : ` after ${formatDuration(seconds)}`;
  const which = attempt.attempt > 1 ? `, attempt ${attempt.attempt}` : '';
  const lines = [`${stateSymbol(state, paint)} ${paint('bold', name)}${which}: ${stateWord(state, paint)}${took}`];
  if (reason !== null) lines.push(`  ${printableText(reason)}`);
  if (compared) {
    lines.push(paint('dim', `  compared with attempt ${compared.attempt} of build ${compared.build}:`));
    lines.push(...differenceLines(compared.differences));
  }
  if (error) {
    const [first = '', ...more] = error.message.trim().split('\n').map(printableText);
    lines.push(`  ${paint('red', first)}${exitCode === null ? '' : ` (exit ${exitCode})`}`);
    lines.push(...more.map((line) => `    ${line}`));
  }
  return lines;
}

function differenceLines(differences: readonly Difference[]): string[] {
  if (differences.length === 0) return ['    no difference'];
  const words = (value: string | null) => (value === null ? 'none' : printableText(value));
  return differences.map(({ what, before, after }) => `    ${printableText(what)}: ${words(before)} → ${words(after)}`);
}
