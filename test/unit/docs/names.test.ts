/** What the documents name is there: files, headings, commands, settings, tables, identifiers. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { createCli } from '../../../src/cli/cli.ts';
import { createProgram } from '../../../src/cli/program.ts';
import { isMissingFile } from '../../../src/missing-file.ts';
import { composeVariables, settings } from '../../../src/settings.ts';
import { timeLimitVariable } from '../../../src/stages/contract.ts';
import { testTerminal } from '../cli/terminal.ts';

/** Folders that paths begin with. `dist` is built, and not looked for. */
const folders = ['.ci', 'components', 'docs', 'examples', 'parts', 'prisma', 'scripts', 'src', 'stage-images', 'test'];
/** Made up by a document to show how something is done. */
const examples = ['src/stages/scan/contract.ts', 'src/stages/scan/stage.ts', 'stage-images/image-packager/scan.ts'];
/** Those that stand above their own text, to be written: adding-a-part.test.ts does so. */
const shownInFull = new Set(
  [...readFileSync('docs/adding-a-component.md', 'utf8').matchAll(/^`([^`\n]+)`\n\n```(?:ts|yaml)$/gm)].map(
    ([, path]) => path,
  ),
);
/** Read by stage programs and by nobody else, so that they are no settings. */
const ofStagePrograms = ['LDF_STAGE_ROOT', timeLimitVariable];

const schema = readFileSync('prisma/schema.prisma', 'utf8');
const paths = new Set(folders.flatMap(pathsBelow));
const documents = [
  ...readdirSync('.').filter((name) => name.endsWith('.md')),
  ...[...paths].filter((path) => /^docs\/.*\.md$/.test(path)),
  'stage-images/README.md',
].map((path) => ({ path, text: readFileSync(path, 'utf8') }));

function pathsBelow(folder: string): string[] {
  try {
    const below = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    return [folder, ...below.map((path) => `${folder}/${path}`)];
  } catch (error) {
    if (isMissingFile(error)) return [];
    throw error;
  }
}

/** Every match of the pattern's first group, with the document it stands in. */
function named(pattern: RegExp): string[] {
  return documents.flatMap(({ path, text }) =>
    [...text.matchAll(pattern)].map((match) => `${path}: ${match[1] ?? ''}`),
  );
}

/** Those of `named` whose name is wrong: none. */
function wrong(found: readonly string[], isRight: (name: string) => boolean): string[] {
  return [...new Set(found)].filter((one) => !isRight(one.slice(one.indexOf(': ') + 2)));
}

/** The code in a document: spans and the lines of blocks. */
function codeOf(text: string): string[] {
  const blocks = [...text.matchAll(/^```(?:sh|console)?\n(.*?)^```/gms)].flatMap((block) =>
    (block[1] ?? '').split('\n'),
  );
  const spans = [...text.replace(/^```.*?^```/gms, '').matchAll(/`([^`\n]+)`/g)].map((span) => span[1] ?? '');
  return [...blocks.map((line) => line.replace(/^\$ /, '').replace(/\s#.*$/, '')), ...spans].map((line) => line.trim());
}

describe('the documents', () => {
  it('name paths that are there', () => {
    const pattern = new RegExp(
      `(?<![\\w./:@<-])((?:${folders.join('|').replaceAll('.', '\\.')})/[\\w./<>*{},-]*[\\w>*}])`,
      'g',
    );
    const found = named(pattern);
    expect(found.length).toBeGreaterThan(100);
    expect(
      wrong(found, (path) => examples.includes(path) || shownInFull.has(path) || expanded(path).every(isThere)),
    ).toEqual([]);
  });

  it('have links that lead somewhere', () => {
    const dead = documents.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:)([^)\s#]*)(?:#([^)\s]+))?\)/g)].flatMap(([link, file = '', anchor]) => {
        const target = file === '' ? path : normalize(join(dirname(path), file));
        const there = paths.has(target) || readdirSync('.').includes(target);
        const heading = anchor === undefined || (there && anchorsOf(readFileSync(target, 'utf8')).includes(anchor));
        return there && heading ? [] : [`${path}: ${link}`];
      }),
    );
    expect(dead).toEqual([]);
  });

  it('name scripts of package.json', () => {
    const scripts = Object.keys(packageJson.scripts);
    expect(wrong(named(/npm run ([\w:-]+)/g), (name) => scripts.includes(name))).toEqual([]);
  });

  it('name settings that exist', () => {
    const ofAnExample = ['LDF_STAGE_TIMEOUT_SCAN'];
    const known = [...settings.map(({ name }) => name), ...composeVariables, ...ofStagePrograms, ...ofAnExample];
    const found = named(/\b(LDF_[A-Z_]+(?:<[A-Z]+>)?)/g);
    expect(found.length).toBeGreaterThan(50);
    expect(
      wrong(found, (name) => known.some((one) => new RegExp(`^${name.replace(/<.*>/, '[A-Z]+')}$`).test(one))),
    ).toEqual([]);
  });

  it('show commands that exist, with options that they have', () => {
    const program = createProgram(createCli(testTerminal()));
    const lines = documents.flatMap(({ path, text }) =>
      codeOf(text).flatMap((line) => (/^ldf( |$)/.test(line) ? [`${path}: ${line}`] : [])),
    );
    expect(lines.length).toBeGreaterThan(30);
    expect(wrong(lines, (line) => isCommand(program, line.split(/\s+/).slice(1)))).toEqual([]);
  });

  it('name what stands in the file that they name with it', () => {
    const absent = documents.flatMap(({ path, text }) =>
      [...text.matchAll(/`(\w+)`(?: in | \()`?((?:src|stage-images|scripts)\/[\w./-]+\.tsx?)/g)].flatMap(
        ([, name = '', file = '']) =>
          readFileSync(file, 'utf8').includes(name) ? [] : [`${path}: ${name} in ${file}`],
      ),
    );
    expect(absent).toEqual([]);
  });

  it('name tables that the schema has', () => {
    expect(wrong(named(/\btable `([A-Z]\w+)`/g), (name) => schema.includes(`\nmodel ${name} {`))).toEqual([]);
  });

  it('are all listed in README', () => {
    const readme = readFileSync('README.md', 'utf8');
    const unlisted = documents
      .map(({ path }) => path)
      .filter((path) => path !== 'README.md' && !/^docs\/.*\/(?!README)/.test(path) && !readme.includes(`](${path})`));
    expect(unlisted).toEqual([]);
  });
});

/** Brace groups written out (bash(1), "Brace Expansion"). */
function expanded(path: string): string[] {
  const group = /\{([^{}]*,[^{}]*)\}/.exec(path);
  if (!group) return [path];
  return (group[1] ?? '').split(',').flatMap((word) => expanded(path.replace(group[0], word)));
}

/** `<name>` and `*` stand for any name. */
function isThere(path: string): boolean {
  if (!/[<*]/.test(path)) return paths.has(path);
  const pattern = path.replace(/[.+]/g, '\\$&').replace(/<[^>]+>|\*+/g, '[^/]+');
  return [...paths].some((one) => new RegExp(`^${pattern}$`).test(one));
}

/** As GitHub makes them of headings. */
function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.*)$/gm)].map((heading) =>
    (heading[1] ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function isCommand(command: Command, words: readonly string[]): boolean {
  const [first, ...rest] = words;
  const inner = command.commands.find((one) => one.name() === first);
  if (inner) return isCommand(inner, rest);
  const isGroup = command.commands.length > 0;
  if (isGroup && first !== undefined && !first.startsWith('-') && first !== 'help') return false;
  const known = ['--help', '--version', '--server', ...command.options.map(({ long }) => long ?? '')];
  return words.filter((word) => word.startsWith('--')).every((word) => known.includes(word.replace(/=.*/, '')));
}
