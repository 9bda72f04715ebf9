/** The manual page ldf(1), made from the commands that there are: man(7). */
import type { CommandNode } from './command-tree.ts';

export interface ManualFacts {
  version: string;
  /** Code and meaning. */
  exitCodes: readonly (readonly [string, string])[];
  /** Name and description. */
  environment: readonly (readonly [string, string])[];
}

/** No date: the same commands give the same page. */
export function manualPage(root: CommandNode, { version, exitCodes, environment }: ManualFacts): string {
  return `${[
    '.\\" Made by `npm run docs` from the commands of ldf; do not edit it.',
    `.TH LDF 1 "" "ldf ${text(version)}" "User Commands"`,
    '.SH NAME',
    'ldf \\- build Linux distributions from definitions, and boot what was built',
    '.SH SYNOPSIS',
    '.B ldf',
    text(root.usage),
    '.SH DESCRIPTION',
    ...paragraph(root.description),
    'Every command has its own help: ',
    '.BR "ldf COMMAND \\-\\-help" .',
    '.SH OPTIONS',
    ...optionLines(root),
    '.SH COMMANDS',
    ...root.commands.flatMap(commandLines),
    '.SH EXIT STATUS',
    ...exitCodes.flatMap(([code, meaning]) => item(code, meaning)),
    '.SH ENVIRONMENT',
    'Commands read LDF_SERVER, LDF_TOKEN, LDF_DATA_DIR, NO_COLOR and LDF_DEBUG; the server reads all but the first and the last two.',
    ...item('LDF_SERVER', 'The server to use, as with --server.'),
    ...item('LDF_DEBUG', 'Print stack traces with errors.'),
    ...item('NO_COLOR', 'Print no colours.'),
    ...environment.flatMap(([name, meaning]) => item(name, meaning)),
    '.SH SEE ALSO',
    '.BR docker (1),',
    '.BR qemu (1)',
  ].join('\n')}\n`;
}

function commandLines(node: CommandNode): string[] {
  const name = `ldf ${node.path.join(' ')}`;
  return [
    `.SS "${text(`${name} ${node.usage}`.trim()).replaceAll('"', '\\(dq')}"`,
    ...paragraph(node.description),
    ...node.arguments.flatMap(({ name: word, description }) => item(word, description)),
    ...optionLines(node),
    ...(node.after === '' ? [] : ['.PP', '.nf', ...node.after.split('\n').map(text), '.fi']),
    ...node.commands.flatMap(commandLines),
  ];
}

function optionLines({ options }: CommandNode): string[] {
  return options
    .filter(({ words }) => !words.includes('--help'))
    .flatMap(({ flags, description, choices, default: fallback }) => {
      const more = [
        ...(choices.length > 0 ? [`one of ${choices.join(', ')}`] : []),
        ...(fallback === undefined ? [] : [`default: ${fallback}`]),
      ];
      return item(flags, more.length === 0 ? description : `${description} (${more.join('; ')})`);
    });
}

function item(head: string, description: string): string[] {
  return ['.TP', `.B ${text(head)}`, text(description)];
}

function paragraph(words: string): string[] {
  return ['.PP', text(words)];
}

/** Nothing in it is a request or an escape, and a hyphen is one that can be copied: groff_man_style(7). */
function text(words: string): string {
  return words
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/gm, '\\&')
    .replace(
      /[^\p{ASCII}]/gu,
      (character) => `\\[u${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}]`,
    );
}
