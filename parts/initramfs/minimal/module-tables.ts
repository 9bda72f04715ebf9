/**
 * What depmod(8) finds out about a kernel's modules, read from its text files: where each is, what it needs loaded before
 * it, and the devices it is for. Modules go by their canonical names (`-` written `_`).
 */
import { basename, extname } from 'node:path';
import { canonical } from '../boot-modules.ts';

/** An alias of modules.alias(5): what a device's modalias, or another module, asks for when it wants `module`. */
export interface ModuleAlias {
  pattern: string;
  module: string;
}

export interface ModuleFile {
  /** As modules.dep has it, below the folder of the kernel's modules. */
  path: string;
  /** The modules it cannot do without, in the order to load them in. */
  needs: readonly string[];
  /** What it would like to find when it is loaded, as it names them: modules or aliases. */
  wishes: readonly string[];
}

export interface ModuleTables {
  files: ReadonlyMap<string, ModuleFile>;
  aliases: readonly ModuleAlias[];
}

/** The texts of modules.dep(5), modules.softdep and modules.alias. */
export interface ModuleTexts {
  dep: string;
  softdep: string;
  alias: string;
}

export function readModuleTables({ dep, softdep, alias }: ModuleTexts): ModuleTables {
  const wishes = readSoftDependencies(softdep);
  const files = dep.split('\n').flatMap((line): [string, ModuleFile][] => {
    const [path, needs] = line.split(':', 2);
    if (path === undefined || needs === undefined) return [];
    const name = moduleOf(path);
    // The line ends with what is to be loaded first.
    const order = needs.split(' ').filter(Boolean).map(moduleOf).reverse();
    return [[name, { path, needs: order, wishes: wishes.get(name) ?? [] }]];
  });
  return { files: new Map(files), aliases: readAliases(alias) };
}

/** `names` and everything that loading them may take, sorted. What is built in, or not there at all, is left out. */
export function withDependencies(names: readonly string[], tables: ModuleTables): string[] {
  const found = new Set<string>();
  const queue = [...names];
  for (const name of queue) {
    const file = tables.files.get(name);
    if (!file || found.has(name)) continue;
    found.add(name);
    queue.push(...file.needs, ...file.wishes.flatMap((wish) => modulesBehind(wish, tables)));
  }
  return [...found].sort();
}

/** `names`, each after what it and the modules it needs would like to find; each once. */
export function afterTheirWishes(names: readonly string[], tables: ModuleTables): string[] {
  return [
    ...new Set(
      names.flatMap((name) => {
        const needs = tables.files.get(name)?.needs ?? [];
        const wishes = [...needs, name].flatMap((module) => tables.files.get(module)?.wishes ?? []);
        return [...wishes.flatMap((wish) => modulesBehind(wish, tables)), name];
      }),
    ),
  ];
}

/** The loadable modules that a soft dependency means: one of that name, or those with exactly that alias. */
function modulesBehind(wish: string, { files, aliases }: ModuleTables): string[] {
  const name = canonical(wish);
  if (files.has(name)) return [name];
  return aliases.filter(({ pattern, module }) => canonical(pattern) === name && files.has(module)).map((a) => a.module);
}

/** Lines `softdep NAME pre: A B post: C`: what comes before, by name. */
function readSoftDependencies(text: string): Map<string, string[]> {
  const wishes = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [, name, rest] = /^softdep (\S+) (.*)$/.exec(line) ?? [];
    if (name === undefined || rest === undefined) continue;
    const before = /(?:^|\s)pre:\s*(.*?)(?:\s*post:|$)/.exec(rest)?.[1]?.split(/\s+/) ?? [];
    const key = canonical(name);
    wishes.set(key, [...(wishes.get(key) ?? []), ...before.filter(Boolean)]);
  }
  return wishes;
}

/** Lines `alias PATTERN MODULE`. */
function readAliases(text: string): ModuleAlias[] {
  return text.split('\n').flatMap((line) => {
    const [, pattern, module] = /^alias (\S+) (\S+)$/.exec(line) ?? [];
    return pattern === undefined || module === undefined ? [] : [{ pattern, module: canonical(module) }];
  });
}

/** `pci` of a pattern such as `pci:v00008086d*`, `acpi` of `acpi*:VMBUS:*`; nothing where it names no device (fs-ext4). */
export function busOf({ pattern }: ModuleAlias): string | undefined {
  return /^([a-z0-9]+)[^:]*:/.exec(pattern)?.[1];
}

/** The name of a module's file without its compression: `ext4.ko` of `kernel/fs/ext4/ext4.ko.xz`. */
export function plainFile(path: string): string {
  const name = basename(path);
  return extname(name) === '.ko' ? name : name.slice(0, -extname(name).length);
}

function moduleOf(path: string): string {
  return canonical(basename(plainFile(path), '.ko'));
}
