/** From `-f distro.yaml` to a definition: read, completed with the files it names, checked, each problem with its line. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import * as z from 'zod';
import type { Definition } from '../../definition/definition.ts';
import { parseDefinition, parseWith, readYaml } from '../../definition/parse.ts';
import { type ErrorDetail, LdfError } from '../../errors.ts';
import { fileError } from './file-error.ts';
import { withLines } from './yaml-lines.ts';

export interface DefinitionFile {
  /** As it was given, for messages. */
  name: string;
  /** Absolute. */
  path: string;
  text: string;
  /** As written, with the files it names read in: what is sent. */
  value: Record<string, unknown>;
  /** With all defaults. */
  definition: Definition;
}

/**
 * @param name path of the file, relative to `cwd`
 * @throws LdfError `usage` when it cannot be read, `definition.invalid` with every problem and its line
 */
export async function readDefinitionFile(name: string, cwd: string): Promise<DefinitionFile> {
  const path = resolve(cwd, name);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fileError(error, `The definition ${name} cannot be read`);
  });
  return explainByLine({ name, text }, async () => {
    const written = parseWith(
      z.record(z.string(), z.unknown()),
      readYaml(text),
      'definition.invalid',
      'The definition',
    );
    const value = await embedKernelConfig(written, dirname(path));
    return { name, path, text, value, definition: parseDefinition(value) };
  });
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
function withinDefinition(detail: ErrorDetail): ErrorDetail {
  return { ...detail, pointer: detail.pointer.replace(/^\/definition(?=\/|$)/, '') };
}

const BaseByPath = z.looseObject({
  kernel: z.looseObject({ config: z.looseObject({ base: z.string().regex(/^\.{1,2}\//) }) }),
});

/** `kernel.config.base: ./path` is a convenience of the command line: the server gets the file's text. */
async function embedKernelConfig(value: Record<string, unknown>, folder: string): Promise<Record<string, unknown>> {
  const parsed = BaseByPath.safeParse(value);
  if (!parsed.success) return value;
  const { kernel, ...rest } = parsed.data;
  const path = kernel.config.base;
  const content = await readFile(resolve(folder, path), 'utf8').catch((error: unknown) => {
    const problem = fileError(error, 'cannot be read');
    throw new LdfError('definition.invalid', 'The definition names a file that cannot be read.', {
      details: [
        {
          pointer: '/kernel/config/base',
          message: problem.message,
          value: path,
          hint: 'Give a path relative to the definition, or write tiny or defconfig.',
        },
      ],
      cause: error,
    });
  });
  return { ...rest, kernel: { ...kernel, config: { ...kernel.config, base: { content } } } };
}
