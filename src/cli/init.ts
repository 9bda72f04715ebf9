/** `ldf init`: a definition of one's own, from one of the examples. It needs no server. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { Definition } from '../definition/definition.ts';
import { nearest } from '../definition/nearest.ts';
import { LdfError } from '../errors.ts';
import { type Example, readExamples, startingFrom } from '../examples.ts';
import { ofPackage } from '../package-folder.ts';
import { shellWord } from '../shell-word.ts';
import { writeAtomically } from '../write-atomically.ts';
import type { Cli } from './cli.ts';
import { fileError } from './files/file-error.ts';
import { printResult } from './json.ts';
import { shownPath } from './output/shown-path.ts';
import { formatTable } from './output/table.ts';
import { print } from './terminal.ts';

interface Options {
  example?: string;
  dir: string;
  force?: boolean;
  json?: boolean;
}

const help = `
Examples:
  $ ldf init                             what there is to begin with
  $ ldf init web-server                  writes web-server.yaml
  $ ldf init shop --example web-server   writes shop.yaml, whose name is shop
  $ ldf init router --dir machines       writes machines/router.yaml`;

/** The keys in the examples, which let nobody in; whoever takes one puts their own there. */
const sampleKey = /^\s*- "ssh-\S+ \S+ \S+@example"$/m;

export function addInitCommand(program: Command, cli: Cli): void {
  program
    .command('init')
    .summary('begin with a definition that works')
    .description(
      'Writes one of the examples into a folder, as a definition of your own. Without a name, it lists the examples.',
    )
    .argument('[name]', 'the name of the distribution, and of the file; that of an example begins with this one')
    .option('--example <example>', 'the example to begin with, under any name')
    .option('--dir <dir>', 'the folder to write to; it is made when there is none', '.')
    .option('--force', 'replace the file when there is one')
    .option('--json', 'print the path of the file as JSON: {path}; without a name the examples: {items}')
    .addHelpText('after', help)
    .action(async (name: string | undefined, options: Options) => {
      const examples = await readExamples(ofPackage('examples'));
      const wanted = options.example ?? name;
      if (wanted === undefined)
        return options.json
          ? printResult(cli, { items: examples.map((known) => ({ name: known.name, summary: known.summary })) })
          : listExamples(cli, examples);
      const example = find(examples, wanted, options.example === undefined);
      const named = checkedName(name ?? example.name);
      const lines = await write(cli, example, named, options);
      if (options.json) return printResult(cli, { path: resolve(cli.terminal.cwd, options.dir, `${named}.yaml`) });
      for (const line of lines) print(cli.terminal, line);
    });
}

function listExamples({ terminal }: Cli, examples: readonly Example[]): void {
  const rows = examples.map(({ name, summary }) => [name, summary]);
  for (const line of formatTable([{ title: 'EXAMPLE' }, { title: 'WHAT IT IS' }], rows)) print(terminal, line);
  print(terminal, '\nBegin with one:  ldf init EXAMPLE\nUnder a name:    ldf init NAME --example EXAMPLE');
}

/** @throws LdfError `usage` for what no example is called; `isName` when the word may have been meant as a name. */
function find(examples: readonly Example[], wanted: string, isName: boolean): Example {
  const example = examples.find(({ name }) => name === wanted);
  if (example) return example;
  const names = examples.map(({ name }) => name);
  const [near] = nearest(wanted, names);
  const meant = near === undefined ? '' : ` Did you mean ${near}?`;
  const named = isName ? ` For a distribution of that name: \`ldf init ${shellWord(wanted)} --example EXAMPLE\`.` : '';
  throw new LdfError('usage', `There is no example ${JSON.stringify(wanted)}: there are ${names.join(', ')}.`, {
    hint: `${meant}${named} \`ldf init\` says what each is for.`.trim(),
  });
}

/** @throws LdfError `usage` for what no distribution may be called. */
function checkedName(name: string): string {
  const { success, error } = Definition.shape.name.safeParse(name);
  if (success) return name;
  throw new LdfError('usage', `The name ${JSON.stringify(name)} ${error.issues[0]?.message ?? 'is not valid'}.`, {
    hint: 'Give another one, such as edge-gateway.',
  });
}

/** Writes the file and returns what to say about it. @throws LdfError `usage` when it is there, or cannot be written. */
async function write({ terminal }: Cli, example: Example, name: string, options: Options): Promise<string[]> {
  const folder = resolve(terminal.cwd, options.dir);
  const path = join(folder, `${name}.yaml`);
  const shown = shownPath(terminal.cwd, path);
  const text = startingFrom(example, name);
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw fileError(error, `The folder ${options.dir} cannot be made`);
  });
  try {
    await (options.force ? writeAtomically(path, text) : writeFile(path, text, { flag: 'wx' }));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST'))
      throw fileError(error, `${shown} cannot be written`);
    throw new LdfError('usage', `${shown} already exists.`, {
      hint: 'Give another name or folder, or `--force` to replace it.',
      cause: error,
    });
  }
  const file = shellWord(shown);
  return [
    `Wrote ${shown}, from the example ${example.name}. ${example.summary}`,
    ...(sampleKey.test(text)
      ? ['The SSH keys in it are samples: put your own public key there before you build it.']
      : []),
    '',
    'Next:',
    `  ldf validate -f ${file}`,
    `  ldf build -f ${file} --output out`,
  ];
}
