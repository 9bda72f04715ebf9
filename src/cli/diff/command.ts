/** `ldf diff`: what differs between two builds, two definitions, or one of each. */
import type { Command } from 'commander';
import { formatCount } from '../../amounts.ts';
import { printableText } from '../../printable-text.ts';
import { type Cli, globalOptions } from '../cli.ts';
import { buildArgument } from '../find-build.ts';
import { printResult } from '../json.ts';
import { type Paint, paintFor } from '../output/style.ts';
import { withServer } from '../server-for-command.ts';
import { print } from '../terminal.ts';
import { type Difference, type Differences, differencesOf } from './differences.ts';
import { isFile, type Side, sideOfBuild, sideOfFile } from './sides.ts';

export function addDiffCommand(program: Command, cli: Cli): void {
  program
    .command('diff')
    .summary('show what differs between two builds or definitions')
    .description(
      'Shows what differs between two builds, two definition files (with the locks beside them), or one of each: the definition, the kernel and the packages, and of two builds the kernel options.',
    )
    .argument('<a>', `a definition file, or ${buildArgument}`)
    .argument('<b>', 'what to compare it with, in the same way')
    .option('--json', 'print it as JSON: {a, b, definition, packages, kernelOptions}')
    .addHelpText(
      'after',
      '\nExamples:\n  $ ldf diff 01m82hqemg984b4js4qq6ed9a1 edge-gateway   an earlier build and the newest one\n  $ ldf diff edge-gateway distro.yaml                  what was built, and what would be built now\n\nA word with a dot or a slash in it is a file, - is standard input. The exit code does not tell whether there are differences.',
    )
    .action(async (a: string, b: string, options: { json?: boolean }, command: Command) => {
      const sides = await sidesOf(cli, [a, b], globalOptions(command));
      const [left, right] = sides;
      const found = differencesOf(left, right);
      if (options.json) return printResult(cli, { a: left.title, b: right.title, ...found });
      const paint = paintFor(cli.terminal.stdout, cli.terminal.env);
      for (const line of differenceLines(left, right, found, paint)) print(cli.terminal, line);
    });
}

/** Two files need no server. */
async function sidesOf(
  cli: Cli,
  words: readonly [string, string],
  options: ReturnType<typeof globalOptions>,
): Promise<[Side, Side]> {
  const files = await Promise.all(words.map((word) => (isFile(word) ? sideOfFile(word, cli.terminal) : undefined)));
  const [left, right] = files;
  if (left && right) return [left, right];
  return withServer(cli, options, async ({ client }) => [
    left ?? (await sideOfBuild(words[0], client)),
    right ?? (await sideOfBuild(words[1], client)),
  ]);
}

const signs: Readonly<Record<Difference['change'], { sign: string; colour: 'green' | 'red' | 'cyan' | 'yellow' }>> = {
  added: { sign: '+', colour: 'green' },
  removed: { sign: '−', colour: 'red' },
  changed: { sign: '~', colour: 'cyan' },
  upgraded: { sign: '↑', colour: 'cyan' },
  downgraded: { sign: '↓', colour: 'yellow' },
};

function differenceLines(a: Side, b: Side, found: Differences, paint: Paint): string[] {
  const lines = signedTitles(a.title, b.title, paint);
  const section = (title: string, differences: Difference[] | null, absent: string) => {
    if (differences === null) lines.push('', `${title}: ${absent}`);
    else if (differences.length === 0) lines.push('', `${title}: no difference`);
    else
      lines.push(
        '',
        paint('bold', `${title}: ${formatCount(differences.length, 'difference')}`),
        ...differences.map((difference) => differenceLine(difference, paint)),
      );
  };
  section('Definition', found.definition, '');
  section('Kernel and packages', found.packages, 'not known, as one of the two has no lock');
  if (found.kernelOptions) section('Kernel options', found.kernelOptions, '');
  return lines;
}

/** Which side is which. */
export function signedTitles(a: string, b: string, paint: Paint): string[] {
  return [`${paint('red', '−')} ${printableText(a)}`, `${paint('green', '+')} ${printableText(b)}`];
}

export function differenceLine({ name, change, from, to }: Difference, paint: Paint): string {
  const { sign, colour } = signs[change];
  const values = [from, to].filter((value) => value !== null).map(printableText);
  return `  ${paint(colour, sign)} ${printableText(name)} ${values.join(' → ')}`;
}
