/** `ldf validate`: what a definition comes to, or what is wrong with it. */
import type { Command } from 'commander';
import { formatCount } from '../amounts.ts';
import type { PlanSummary } from '../model/plan.ts';
import { checkWithPlan } from './all-problems.ts';
import { type Cli, globalOptions } from './cli.ts';
import { definitionOption, explainByLine, readWritten } from './files/definition-file.ts';
import { lockPathOf, readLockFile } from './files/lock-file.ts';
import { printResult } from './json.ts';
import { formatTable } from './output/table.ts';
import { withServer } from './server-for-command.ts';
import { print } from './terminal.ts';

interface Options {
  file: string;
  json?: boolean;
}

export function addValidateCommand(program: Command, cli: Cli): void {
  program
    .command('validate')
    .summary('check a definition and show the plan')
    .description(
      'Checks a definition and shows what it comes to: components, packages and stages. Nothing is built or stored.',
    )
    .requiredOption('-f, --file <file>', definitionOption)
    .option('--json', 'print the plan as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ ldf validate -f distro.yaml\n\nAll problems are reported at once, each with its line. Exit code 2 when there are any.',
    )
    .action(async (options: Options, command: Command) => {
      const written = await readWritten(options.file, cli.terminal);
      await withServer(cli, globalOptions(command), async ({ client }) => {
        const definition = await checkWithPlan(written, (part) =>
          client.distributions.validate({ definition: part }, cli.interrupts.signal),
        );
        const lock = await readLockFile(lockPathOf({ ...written, definition }, definition.arch), definition.arch);
        const input = { definition: written.value, ...(lock === undefined ? {} : { lock }) };
        const plan = await explainByLine(written, () => client.distributions.validate(input));
        if (options.json) return printResult(cli, plan);
        for (const line of planLines(plan)) print(cli.terminal, line);
      });
    });
}

/** As problems are printed, but for what is not known yet. */
function uncheckedLine({ pointer, message, hint }: PlanSummary['unchecked'][number]): string {
  return `Not checked yet: ${pointer}: ${message}.${hint === undefined ? '' : ` ${hint}`}`;
}

function planLines(plan: PlanSummary): string[] {
  const components = plan.components.map((component) => [
    `  ${component.kind}`,
    component.name,
    component.title,
    component.because,
  ]);
  const stages = plan.stages.map((stage) => [
    `  ${stage.name}`,
    stage.image,
    stage.after.length === 0 ? '' : `after ${stage.after.join(', ')}`,
    stage.cached ? 'in the cache' : '',
  ]);
  return [
    `${plan.name} ${plan.version} (${plan.arch}): no problems found. It makes ${plan.formats.join(', ')}.`,
    ...plan.unchecked.map(uncheckedLine),
    '',
    ...formatTable([{ title: 'Components' }, { title: '' }, { title: '' }, { title: '' }], components),
    '',
    ...plan.notes.flatMap((note) => [`Note: ${note}`, '']),
    `Adds ${formatCount(plan.packages.length, 'package')} (with what they depend on) and ${formatCount(plan.kernelOptions.length, 'kernel option')}; --json lists them.`,
    `Kernel command line: ${['root=…', 'ro', ...plan.cmdline.map(({ word }) => word)].join(' ')}`,
    '',
    ...formatTable([{ title: 'Stages' }, { title: '' }, { title: '' }, { title: '' }], stages),
  ];
}
