/** Definitions to begin with: the files in examples/. The comment at the head of each says in a line what it is for. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { loginsOf } from './definition/logins.ts';
import { parseDefinition, readYaml } from './definition/parse.ts';
import { chosenNames } from './plan/components.ts';

export interface Example {
  /** Of the file and of the distribution. */
  name: string;
  /** One sentence. */
  summary: string;
  /** The file as it is. */
  yaml: string;
  /** What it chooses, with the defaults. */
  components: ReturnType<typeof chosenNames>;
  /** Those it names itself. */
  packages: string[];
  /** Users who can log in, once the sample keys are replaced with one's own; nobody where it has none. */
  logins: string[];
}

/** The line that is for editors: its path is right in the folder of the examples alone. */
const editorLine = /^# yaml-language-server:.*\n/m;

/** All of them, the shortest first: so one reads on from the simple to what takes more. */
export async function readExamples(folder: string): Promise<Example[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml')).sort();
  const examples = await Promise.all(
    files.map(async (file) => {
      const yaml = await readFile(join(folder, file), 'utf8');
      const definition = parseDefinition(readYaml(yaml));
      return {
        ...{ name: basename(file, '.yaml'), summary: summaryOf(yaml), yaml },
        components: chosenNames(definition),
        packages: definition.userland.packages,
        logins: loginsOf(definition.system.users).map(({ name }) => name),
      };
    }),
  );
  return examples.sort((a, b) => a.yaml.length - b.yaml.length);
}

/** An example under another name, for a folder of its own. */
export function startingFrom({ yaml }: Pick<Example, 'yaml'>, name: string): string {
  return yaml.replace(editorLine, '').replace(/^name:.*$/m, `name: ${name}`);
}

/** The comment at the head of an example. */
function summaryOf(yaml: string): string {
  const lines = yaml.replace(editorLine, '').split('\n');
  const end = lines.findIndex((line) => !line.startsWith('#'));
  return lines
    .slice(0, Math.max(0, end))
    .map((line) => line.replace(/^#\s*/, ''))
    .join(' ');
}
