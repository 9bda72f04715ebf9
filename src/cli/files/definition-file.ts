/** From `-f distro.yaml` to a definition: read, completed with the files it names, checked, each problem with its line. */
import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import * as z from 'zod';
import type { Definition } from '../../definition/definition.ts';
import { maxDefinitionBytes, parseDefinition, parseWith, readYaml } from '../../definition/parse.ts';
import { type ErrorDetail, jsonPointer, LdfError } from '../../errors.ts';
import { isRecord } from '../../is-record.ts';
import type { Terminal } from '../terminal.ts';
import { fileError } from './file-error.ts';
import { withLines } from './yaml-lines.ts';

/** What stands for standard input where a file is asked for. */
export const standardInput = '-';

/** How `-f` is described in help texts. */
export const definitionOption = 'the definition, YAML or JSON; - reads standard input';

/** A definition as it was written, not checked yet. */
export interface WrittenDefinition {
  /** As it was given, for messages. */
  name: string;
  /** Absolute; undefined for standard input, which has no lock beside it. */
  path: string | undefined;
  text: string;
  /** As written, with the files it names read in: what is sent. */
  value: Record<string, unknown>;
}

export interface DefinitionFile extends WrittenDefinition {
  /** With all defaults. */
  definition: Definition;
}

/**
 * @param name path of the file, relative to the working folder; `-` for standard input
 * @throws LdfError `usage` when it cannot be read, `definition.invalid` with every problem and its line
 */
export async function readDefinitionFile(name: string, terminal: Source): Promise<DefinitionFile> {
  return checkDefinition(await readWritten(name, terminal));
}

/** @throws LdfError `definition.invalid` with every problem and its line */
export async function checkDefinition(written: WrittenDefinition): Promise<DefinitionFile> {
  return explainByLine(written, async () => ({ ...written, definition: parseDefinition(written.value) }));
}

type Source = Pick<Terminal, 'cwd' | 'stdin'>;

/** @throws LdfError `usage` when it cannot be read, `definition.invalid` when it is no mapping in YAML or JSON */
export async function readWritten(given: string, { cwd, stdin }: Source): Promise<WrittenDefinition> {
  const path = given === standardInput ? undefined : resolve(cwd, given);
  const name = path === undefined ? 'standard input' : given;
  const reading = path === undefined ? readInput(stdin) : readFile(path, 'utf8');
  const text = await reading.catch((error: unknown) => {
    throw fileError(error, `The definition ${name} cannot be read`);
  });
  return explainByLine({ name, text }, async () => {
    const written = parseWith(
      z.record(z.string(), z.unknown()),
      readYaml(text),
      'definition.invalid',
      'The definition',
    );
    const folder = path === undefined ? cwd : dirname(path);
    const value = await embedFiles(await embedKernelConfig(written, folder), folder);
    return { name, path, text, value };
  });
}

/** @throws LdfError `definition.invalid` for more than a definition may have, before all of it is read */
async function readInput(stdin: Source['stdin']): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk);
    sizeBytes += bytes.length;
    chunks.push(bytes);
    if (sizeBytes > maxDefinitionBytes) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Runs something that may refuse the definition, and adds to each of its problems the line of the file that is meant. */
export async function explainByLine<Result>(
  file: Pick<DefinitionFile, 'name' | 'text'>,
  action: () => Promise<Result>,
): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof LdfError) || !error.code.startsWith('definition.')) throw error;
    throw new LdfError(error.code, `${file.name}: ${error.message}`, {
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      ...(error.subcode === undefined ? {} : { subcode: error.subcode }),
      details: withLines(file.text, error.details.map(withinDefinition)),
      cause: error,
    });
  }
}

/** The API takes the definition as a part of its body, and says so in its pointers. */
export function withinDefinition(detail: ErrorDetail): ErrorDetail {
  return { ...detail, pointer: detail.pointer.replace(/^\/definition(?=\/|$)/, '') };
}

const FileByPath = z.strictObject({ file: z.string().min(1).max(4096) });

const BaseByPath = z.looseObject({
  kernel: z.looseObject({
    config: z.looseObject({ base: z.union([z.string().regex(/^\.{1,2}\//), FileByPath]) }),
  }),
});

/** `kernel.config.base: ./path` and `{file: path}` are conveniences of the command line: the server gets the file's text. */
async function embedKernelConfig(value: Record<string, unknown>, folder: string): Promise<Record<string, unknown>> {
  const parsed = BaseByPath.safeParse(value);
  if (!parsed.success) return value;
  const { kernel, ...rest } = parsed.data;
  const { base } = kernel.config;
  const path = typeof base === 'string' ? base : base.file;
  const content = await readNamed(resolve(folder, path), {
    pointer: '/kernel/config/base',
    value: path,
    hint: 'Give a path relative to the definition, or write the name of a base, such as tiny.',
  });
  return { ...rest, kernel: { ...kernel, config: { ...kernel.config, base: { content } } } };
}

/** Lists of texts, each with a name. */
const textLists = [
  ['kernel', 'patches'],
  ['kernel', 'config', 'fragments'],
] as const;

/** An entry `{file: path}` of such a list, likewise: the server gets each file's name and text. */
async function embedFiles(value: Record<string, unknown>, folder: string): Promise<Record<string, unknown>> {
  let embedded = value;
  for (const path of textLists) embedded = await embedList(embedded, path, [], folder);
  return embedded;
}

async function embedList(
  value: Record<string, unknown>,
  [key, ...rest]: readonly string[],
  above: readonly string[],
  folder: string,
): Promise<Record<string, unknown>> {
  if (key === undefined) return value;
  const [at, inner] = [[...above, key], value[key]];
  if (rest.length > 0) return isRecord(inner) ? { ...value, [key]: await embedList(inner, rest, at, folder) } : value;
  if (!Array.isArray(inner)) return value;
  const entries: unknown[] = [];
  for (const [index, entry] of inner.entries()) {
    const byPath = FileByPath.safeParse(entry);
    if (!byPath.success) {
      entries.push(entry);
      continue;
    }
    const { file } = byPath.data;
    const content = await readNamed(resolve(folder, file), {
      pointer: jsonPointer([...at, index, 'file']),
      value: file,
      hint: 'Give a path relative to the definition.',
    });
    entries.push({ name: basename(file), content });
  }
  return { ...value, [key]: entries };
}

/** @throws LdfError `definition.invalid` at that place of the definition when it cannot be read */
async function readNamed(path: string, place: Omit<ErrorDetail, 'message'>): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    const { message } = fileError(error, 'cannot be read');
    throw new LdfError('definition.invalid', 'The definition names a file that cannot be read.', {
      details: [{ ...place, message }],
      cause: error,
    });
  });
}
