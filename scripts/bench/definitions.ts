/** What the bench builds: the examples, as they are. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { root } from '../lib/command.mjs';
import type { DefinitionSource } from './lab.ts';

const Source = z.looseObject({ name: z.string() });

export const minimal = () => example('minimal');
/** Its kernel comes from Debian ready-made. */
export const instant = () => example('instant');

async function example(name: string): Promise<DefinitionSource> {
  return Source.parse(parse(await readFile(join(root, 'examples', `${name}.yaml`), 'utf8')));
}
