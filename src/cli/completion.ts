/** `ldf completion`: what a shell needs to complete the words of `ldf`, made from the commands that there are. */
import type { Command } from 'commander';
import { quotedWord } from '../shell-word.ts';
import type { Cli } from './cli.ts';
import { type CommandNode, commandTree, everyCommand, type OptionNode } from './command-tree.ts';
import { print } from './terminal.ts';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

export function addCompletionCommand(program: Command, cli: Cli): void {
  program
    .command('completion')
    .summary('print the completion script of a shell')
    .description('Prints a script with which a shell completes commands, options and their values.')
    .addArgument(program.createArgument('<shell>', 'which shell').choices(shells))
    .addHelpText(
      'after',
      `\nExamples:\n  $ source <(ldf completion bash)                                        in ~/.bashrc\n  $ ldf completion zsh > "\${fpath[1]}/_ldf"                              once\n  $ ldf completion fish > ~/.config/fish/completions/ldf.fish            once`,
    )
    .action((shell: Shell) => {
      for (const line of completionLines(shell, commandTree(program))) print(cli.terminal, line);
    });
}

export function completionLines(shell: Shell, root: CommandNode): string[] {
  const nodes = everyCommand(root);
  switch (shell) {
    case 'bash':
      return bashLines(nodes);
    case 'zsh':
      return zshLines(nodes);
    case 'fish':
      return fishLines(nodes);
  }
}

/** The words of a command, or '' for `ldf` itself. */
const placeOf = ({ path }: CommandNode) => path.join(' ');

/** `*` where a shell reads patterns. */
const cases = (words: readonly string[]) => words.map((word) => `"${word}"`).join('|');

const placesBelow = (nodes: readonly CommandNode[]) => nodes.map(placeOf).filter((place) => place !== '');

/** What may stand at a place: commands, options, and the values of arguments that have a choice. */
function wordsAt(node: CommandNode): string[] {
  return [
    ...node.commands.map(({ path }) => path.at(-1) ?? ''),
    ...node.arguments.flatMap(({ choices }) => choices),
    ...node.options.flatMap(({ words }) => words),
  ];
}

const optionPlaces = (node: CommandNode, { words }: OptionNode) => words.map((word) => `${placeOf(node)} ${word}`);

const valued = (node: CommandNode) => node.options.filter(({ value }) => value !== undefined);

/** Lines of a case statement about the option before the cursor: its values, or files. */
function valueCases(
  nodes: readonly CommandNode[],
  choices: (words: readonly string[]) => string,
  files: string,
): string[] {
  return nodes.flatMap((node) =>
    valued(node).map((option) => {
      const then = option.choices.length > 0 ? choices(option.choices) : files;
      return `    ${cases(optionPlaces(node, option))}) ${then}; return ;;`;
    }),
  );
}

function bashLines(nodes: readonly CommandNode[]): string[] {
  const compgen = (words: readonly string[]) => `COMPREPLY=($(compgen -W ${quotedWord(words.join(' '))} -- "$cur"))`;
  return [
    '# bash completion of ldf',
    '_ldf() {',
    `  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" place="" word`,
    `  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do`,
    `    case "\${place:+$place }$word" in ${cases(placesBelow(nodes))}) place="\${place:+$place }$word" ;; esac`,
    '  done',
    '  COMPREPLY=()',
    '  case "$place $prev" in',
    ...valueCases(nodes, compgen, 'COMPREPLY=($(compgen -f -- "$cur"))'),
    '  esac',
    '  case "$place" in',
    ...nodes.map((node) => `    "${placeOf(node)}") ${compgen(wordsAt(node))} ;;`),
    '  esac',
    '}',
    'complete -o default -F _ldf ldf',
  ];
}

function zshLines(nodes: readonly CommandNode[]): string[] {
  const described = (word: string, description: string) => quotedWord(`${word.replaceAll(':', '\\:')}:${description}`);
  const entries = (node: CommandNode) => [
    ...node.commands.map(({ path, summary }) => described(path.at(-1) ?? '', summary)),
    ...node.arguments.flatMap(({ choices, description }) => choices.map((choice) => described(choice, description))),
    ...node.options.flatMap(({ words, description }) => words.map((word) => described(word, description))),
  ];
  return [
    '#compdef ldf',
    '_ldf() {',
    '  local place="" word',
    `  for word in "\${(@)words[2,CURRENT-1]}"; do`,
    `    case "\${place:+$place }$word" in (${cases(placesBelow(nodes))}) place="\${place:+$place }$word" ;; esac`,
    '  done',
    '  local -a entries',
    `  case "$place \${words[CURRENT-1]}" in`,
    ...valueCases(nodes, (words) => `compadd -- ${words.map(quotedWord).join(' ')}`, '_files').map((line) =>
      line.replace(/^ {4}/, '    ('),
    ),
    '  esac',
    '  case "$place" in',
    ...nodes.map((node) => `    ("${placeOf(node)}") entries=(${entries(node).join(' ')}) ;;`),
    '  esac',
    "  _describe 'ldf' entries",
    '  _files',
    '}',
    'if [ "$funcstack[1]" = "_ldf" ]; then _ldf "$@"; else compdef _ldf ldf; fi',
  ];
}

function fishLines(nodes: readonly CommandNode[]): string[] {
  const at = (node: CommandNode) =>
    `complete -c ldf -n ${quotedWord(`test (__ldf_place) = ${JSON.stringify(placeOf(node))}`)}`;
  const places = placesBelow(nodes).map(quotedWord).join(' ');
  return [
    '# fish completion of ldf',
    'function __ldf_place',
    '  set -l place ""',
    '  for word in (commandline -opc)[2..-1]',
    '    set -l next (string trim "$place $word")',
    `    if contains -- "$next" ${places}`,
    '      set place "$next"',
    '    end',
    '  end',
    '  echo "$place"',
    'end',
    ...nodes.flatMap((node) => [
      ...node.commands.map(
        ({ path, summary }) => `${at(node)} -f -a ${quotedWord(path.at(-1) ?? '')} -d ${quotedWord(summary)}`,
      ),
      ...node.arguments.flatMap(({ choices, description }) =>
        choices.map((choice) => `${at(node)} -f -a ${quotedWord(choice)} -d ${quotedWord(description)}`),
      ),
      ...node.options.map((option) => `${at(node)} ${fishOption(option)}`),
    ]),
  ];
}

function fishOption({ words, value, choices, description }: OptionNode): string {
  const flags = words.map((word) => (word.startsWith('--') ? `-l ${word.slice(2)}` : `-s ${word.slice(1)}`));
  const values = value === undefined ? '' : choices.length > 0 ? ` -x -a ${quotedWord(choices.join(' '))}` : ' -r';
  return `${flags.join(' ')}${values} -d ${quotedWord(description)}`;
}
