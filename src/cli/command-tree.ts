/** The commands of `ldf` as data, for what is generated from them: completion and the manual page. */
import type { Argument, Command, Option } from 'commander';

export interface CommandNode {
  /** The words after `ldf`; empty for `ldf` itself. */
  path: readonly string[];
  /** One line. */
  summary: string;
  description: string;
  /** What stands after the words: `[options] <build>`. */
  usage: string;
  arguments: readonly WordNode[];
  options: readonly OptionNode[];
  commands: readonly CommandNode[];
  /** What help says after all of that, such as examples. */
  after: string;
}

export interface WordNode {
  name: string;
  description: string;
  choices: readonly string[];
}

export interface OptionNode extends WordNode {
  /** As help shows it: `-f, --file <file>`. */
  flags: string;
  /** The flags alone, without what follows them. */
  words: readonly string[];
  /** What follows it; undefined for a switch. */
  value: string | undefined;
  default: string | undefined;
}

export function commandTree(command: Command, path: readonly string[] = []): CommandNode {
  const helper = command.createHelp();
  return {
    path,
    summary: command.summary() || command.description(),
    description: command.description(),
    usage: command.usage(),
    arguments: command.registeredArguments.map(argumentNode),
    options: helper.visibleOptions(command).map(optionNode),
    commands: helper
      .visibleCommands(command)
      .filter((child) => child.name() !== 'help')
      .map((child) => commandTree(child, [...path, child.name()])),
    after: helpAfter(command),
  };
}

/** Every node, each before those below it. */
export function everyCommand(root: CommandNode): CommandNode[] {
  return [root, ...root.commands.flatMap(everyCommand)];
}

function argumentNode(argument: Argument): WordNode {
  return { name: argument.name(), description: argument.description, choices: argument.argChoices ?? [] };
}

function optionNode(option: Option): OptionNode {
  const { flags, description, argChoices, defaultValue, negate } = option;
  const given = defaultValue === undefined || negate || typeof defaultValue === 'boolean';
  return {
    name: option.name(),
    description,
    choices: argChoices ?? [],
    flags,
    words: [option.short, option.long].filter((word) => word !== undefined && word !== null),
    value: /[<[](.+?)[\]>]/.exec(flags)?.[1],
    default: given ? undefined : String(defaultValue),
  };
}

/** What `addHelpText('after', …)` adds: commander gives it only with the whole help, of which it is what follows the first part. */
function helpAfter(command: Command): string {
  const parts: string[] = [];
  const before = command.configureOutput();
  command.configureOutput({ ...before, writeOut: (part) => parts.push(part) });
  command.outputHelp();
  command.configureOutput(before);
  return parts.slice(1).join('').trim();
}
