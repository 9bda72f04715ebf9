/** docs/adding-a-component.md, done as it says in a copy of the sources: a file system and a format. */
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { bundleStageImages } from '../../../scripts/lib/bundle.mjs';
import { hashSources, type SourceHashes } from '../../../src/images/sources.ts';
import { contractVersion, stagePaths } from '../../../src/stages/contract.ts';

const root = join(import.meta.dirname, '../../..');
const copied = ['src', 'parts', 'stage-images', 'components', 'package.json', 'tsconfig.json'];
let tree = '';
let before: SourceHashes;
let after: SourceHashes;

/** A file of the document: the path that stands above a block, and the block. */
interface Step {
  path: string;
  language: string;
  text: string;
}
const steps: Step[] = [];

beforeAll(async () => {
  const document = await readFile(join(root, 'docs/adding-a-component.md'), 'utf8');
  for (const [, path = '', language = '', text = ''] of document.matchAll(/^`([^`\n]+)`\n\n```(\w+)\n(.*?)^```$/gms))
    steps.push({ path, language, text });
  tree = await mkdtemp(join(tmpdir(), 'ldf-part-'));
  for (const name of copied) await cp(join(root, name), join(tree, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(tree, 'node_modules'));
  before = await bundled();
  for (const step of steps) await follow(step);
  after = await bundled();
});
afterAll(() => rm(tree, { recursive: true }));

async function bundled(): Promise<SourceHashes> {
  await bundleStageImages(join(tree, 'dist'), tree);
  return hashSources(join(tree, 'dist'));
}

async function follow({ path, language, text }: Step): Promise<void> {
  const target = join(tree, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, language === 'diff' ? patched(await readFile(target, 'utf8'), path, text) : text);
}

/** Lines with a space or a minus must be there in this order, side by side; those with a plus come in. */
function patched(content: string, path: string, diff: string): string {
  const lines = diff.trimEnd().split('\n');
  const side = (sign: string) =>
    lines
      .filter((line) => line === '' || line.startsWith(' ') || line.startsWith(sign))
      .map((line) => line.slice(1))
      .join('\n');
  expect(content.split(side('-')), `what ${path} is to have`).toHaveLength(2);
  return content.replace(side('-'), side('+'));
}

it('the document has a file system and a format, each with code, parameters, a test and a component', () => {
  expect(steps.filter(({ language }) => language !== 'diff').map(({ path }) => path)).toEqual([
    'parts/filesystems/ext2/params.ts',
    'parts/filesystems/ext2/ext2.ts',
    'parts/filesystems/ext2/ext2.test.ts',
    'components/filesystem/ext2.yaml',
    'parts/formats/xz/params.ts',
    'parts/formats/xz/xz.ts',
    'parts/formats/xz/xz.test.ts',
    'components/format/xz.yaml',
  ]);
  expect(steps.filter(({ path }) => path.startsWith('src/'))).toEqual([]);
});

it('its code is what the interfaces want', () => {
  const files = steps.filter(({ path }) => path.startsWith('parts/')).map(({ path }) => join(tree, path));
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(tree, 'tsconfig.json'), ts.sys.readFile).config,
    ts.sys,
    tree,
  );
  const errors = ts.getPreEmitDiagnostics(ts.createProgram(files, options));
  expect(errors.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
});

it('its tests pass', async () => {
  const config = "export default { test: { include: ['parts/**/*.test.ts'] } };";
  await writeFile(join(tree, 'vitest.config.mjs'), config);
  const run = await execa('node_modules/.bin/vitest', ['run', 'ext2', 'xz'], { cwd: tree, reject: false });
  expect(run.exitCode, run.stdout + run.stderr).toBe(0);
  expect(run.stdout).toContain('3 passed');
});

describe('the catalog', () => {
  const Found = z.record(z.string(), z.unknown());

  /** In a process of its own, for the catalog here is made of other sources. */
  async function inTree(code: string): Promise<unknown> {
    await writeFile(join(tree, 'ask.ts'), code);
    const { stdout } = await execa('node', ['--import', 'tsx', 'ask.ts'], { cwd: tree });
    return JSON.parse(stdout);
  }

  it('finds both, and fills in and checks what they are asked for', async () => {
    const found = Found.parse(
      await inTree(`
        import { loadCatalog, parseComponent } from './src/catalog/catalog.ts';
        import { planBuild } from './src/plan/plan.ts';
        import { parseDefinition } from './src/definition/parse.ts';
        const catalog = await loadCatalog('components');
        const definition = parseDefinition({ name: 'a', arch: 'x86_64', filesystem: 'ext2', image: { formats: ['raw', 'xz'] } });
        const { composition } = planBuild({ definition, catalog, boot: false });
        const problems = (component: object) => {
          try {
            return parseComponent({ title: 'X', summary: 'X', name: 'x', ...component });
          } catch (error) {
            return (error as { details: unknown }).details;
          }
        };
        console.log(JSON.stringify({
          formats: composition.formats,
          partitions: composition.partitions,
          level: problems({ kind: 'format', use: 'xz', params: { level: 10 } }),
          reserved: problems({ kind: 'filesystem', use: 'ext2', params: { reservedPercent: 60 } }),
        }));
      `),
    );
    expect(found.formats).toEqual([
      { use: 'raw', params: {} },
      { use: 'xz', params: { level: 6 } },
    ]);
    expect(found.partitions).toMatchObject([
      { role: 'esp', fileSystem: { use: 'vfat' } },
      { role: 'root', fileSystem: { use: 'ext2', params: { reservedPercent: 0 } } },
    ]);
    expect(found.level).toMatchObject([{ pointer: '/params/level' }]);
    expect(found.reserved).toMatchObject([{ pointer: '/params/reservedPercent' }]);
  });
});

describe("the packager's image", () => {
  it('is the only one that becomes another', () => {
    const names = Object.keys(before) as (keyof SourceHashes)[];
    expect(names.filter((name) => before[name] !== after[name])).toEqual(['image-packager']);
  });

  /** What the bundled program says of a request for these formats, by its own account. */
  async function refusal(formats: object[]): Promise<unknown> {
    const request = JSON.parse(await readFile(join(root, 'test/fixtures/package-request.json'), 'utf8'));
    const stage = await mkdtemp(join(tree, 'stage-'));
    const out = stage + stagePaths.out;
    await mkdir(out, { recursive: true });
    const params = { ...request, formats };
    const key = 'ab'.repeat(32);
    const text = JSON.stringify({ contract: contractVersion, stage: 'package', arch: 'x86_64', key, params });
    await writeFile(join(out, stagePaths.request), text);
    const env = { LDF_STAGE_ROOT: stage };
    await execa('node', [join(tree, 'dist/image-packager/program.mjs')], { env, reject: false });
    return JSON.parse(await readFile(join(out, stagePaths.result), 'utf8'));
  }

  it('has both, checks what they are asked for, and says what it has where it lacks a part', async () => {
    expect(await refusal([{ use: 'floppy', params: {} }])).toMatchObject({
      error: {
        code: 'part.unknown',
        message: expect.stringContaining('it has directory, iso, oci, qcow2, raw, tar, vhd, vhdx, vmdk, xz.'),
      },
    });
    expect(await refusal([{ use: 'xz', params: { level: 10 } }])).toMatchObject({
      error: { message: expect.stringContaining('level') },
    });
    // Everything is there but the layers: then it has found all the parts that it was asked for.
    expect(await refusal([{ use: 'xz', params: { level: 9 } }])).toMatchObject({
      error: { message: expect.stringMatching(/ENOENT.*(?:compile|assemble)/) },
    });
  });
});
