/** `ldf components`: what a distribution can be made of. */
import type { Command } from 'commander';
import { stringify } from 'yaml';
import type { Client } from '../client/client.ts';
import { nearest } from '../definition/nearest.ts';
import { LdfError } from '../errors.ts';
import type { ListedComponent } from '../model/component.ts';
import { printableLines } from '../printable-text.ts';
import { type Cli, globalOptions } from './cli.ts';
import { printResult } from './json.ts';
import { formatTable } from './output/table.ts';
import { withServer } from './server-for-command.ts';
import { print } from './terminal.ts';

const columns = [{ title: 'KIND' }, { title: 'NAME' }, { title: 'TITLE' }, { title: 'ORIGIN' }] as const;

export function addComponentsCommand(program: Command, cli: Cli): void {
  program
    .command('components')
    .summary('list the components that a definition can name')
    .description(
      'Lists the components that a definition can name, those of one kind, or shows one with its whole file.',
    )
    .argument('[name]', 'a kind such as kernel, a name such as linux, or both: platform/linux')
    .option('--json', 'print the components as JSON: {items}; of a single one the component')
    .addHelpText(
      'after',
      '\nExamples:\n  $ ldf components                 all of them\n  $ ldf components filesystem      those of one kind\n  $ ldf components platform/linux  one, with what it requires and provides',
    )
    .action(async (name: string | undefined, options: { json?: boolean }, command: Command) => {
      await withServer(cli, globalOptions(command), async ({ client }) => {
        const found = await find(client, name);
        if ('items' in found) {
          if (options.json) return printResult(cli, found);
          const rows = found.items.map(({ kind, name, title, origin }) => [kind, name, title, origin]);
          for (const line of formatTable(columns, rows)) print(cli.terminal, line);
          return;
        }
        if (options.json) return printResult(cli, found.one);
        for (const line of componentLines(found.one)) print(cli.terminal, line);
      });
    });
}

/** @throws LdfError `not-found`; `usage` for a name that several kinds have. */
async function find(
  client: Client,
  name: string | undefined,
): Promise<{ items: ListedComponent[] } | { one: ListedComponent }> {
  const all = await client.components.list();
  if (name === undefined) return { items: all };
  const ofKind = all.filter(({ kind }) => kind === name);
  if (ofKind.length > 0) return { items: ofKind };
  const called = all.filter((one) => one.name === name || idOf(one) === name);
  const [one, another] = called;
  if (one && another)
    throw new LdfError('usage', `Several components are called ${JSON.stringify(name)}.`, {
      hint: `Name one of them: ${called.map(idOf).join(', ')}.`,
    });
  if (one) return { one };
  const [near] = nearest(name, [...all.map(idOf), ...all.map((known) => known.name), ...all.map(({ kind }) => kind)]);
  throw new LdfError('not-found', `There is no component ${JSON.stringify(name)}.`, {
    hint: `${near === undefined ? '' : `Did you mean ${near}? `}\`ldf components\` lists all.`,
  });
}

function idOf({ kind, name }: ListedComponent): string {
  return `${kind}/${name}`;
}

function componentLines(component: ListedComponent): string[] {
  const { title, summary, origin, arch, provides, requires, conflicts, spec } = component;
  const words = (label: string, values: readonly string[]) =>
    values.length === 0 ? [] : [`  ${label}${values.join(', ')}`];
  return [
    `${idOf(component)}: ${title}`,
    `  ${summary}`,
    '',
    `  origin     ${origin}`,
    ...words('arch       ', arch),
    ...words('provides   ', provides),
    ...words(
      'requires   ',
      requires.map((alternatives) => alternatives.join(' or ')),
    ),
    ...words('conflicts  ', conflicts),
    '',
    ...printableLines(stringify(spec)).trimEnd().split('\n'),
  ];
}
