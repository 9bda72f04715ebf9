/** The documents that derive from schemas, and the picture that derives from the imports: path → text. */
import { EventEmitter } from 'node:events';
import packageJson from '../package.json' with { type: 'json' };
import { componentJsonSchema } from '../src/catalog/json-schema.ts';
import { createCli } from '../src/cli/cli.ts';
import { commandTree } from '../src/cli/command-tree.ts';
import { exitCodeMeanings } from '../src/cli/exit-codes.ts';
import { manualPage } from '../src/cli/manual.ts';
import { createProgram } from '../src/cli/program.ts';
import { definitionJsonSchema } from '../src/definition/json-schema.ts';
import { definitionReference } from '../src/definition/reference.ts';
import { settings } from '../src/settings.ts';
import { drawArchitecture } from './architecture/draw.ts';

export function generatedDocs(): Record<string, string> {
  return {
    'docs/definition.md': definitionReference(),
    'docs/definition.schema.json': `${JSON.stringify(definitionJsonSchema(), null, 2)}\n`,
    'docs/architecture.svg': drawArchitecture(),
    'docs/component.schema.json': `${JSON.stringify(componentJsonSchema(), null, 2)}\n`,
    'docs/ldf.1': manual(),
  };
}

function manual(): string {
  const { stdin, stdout, stderr } = process;
  const cli = createCli({
    ...{ stdin, stdout, stderr, env: {}, cwd: '/', now: Date.now, signals: new EventEmitter() },
    leave: () => undefined,
  });
  return manualPage(commandTree(createProgram(cli)), {
    version: packageJson.version,
    exitCodes: Object.entries(exitCodeMeanings),
    environment: settings.map(({ name, description }) => [name, description] as const),
  });
}
