/** The base as a tar: what assemble unpacks is what base has packed, and nothing where there is none. */
import { chmod, link, lstat, mkdir, mkdtemp, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RootFs } from '../../../../parts/root-fs/root-fs.ts';
import { type BaseData, type BaseParams, baseContract } from '../../../../src/stages/base/contract.ts';
import type { LayerContract } from '../../../../src/stages/contract.ts';
import { describeOutput } from '../../../../stage-images/contract/hash.ts';
import { InputLayers } from '../../../../stage-images/contract/input.ts';
import type { StageContext } from '../../../../stage-images/contract/program.ts';
import { base, takeUpBase } from '../../../../stage-images/rootfs-assembler/base.ts';
import { packRootfs } from '../../../../stage-images/rootfs-assembler/pack.ts';
import { failureOf } from '../../../fixtures/fake-suite.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-base-'));
  for (const name of ['layers/base', 'made', 'taken']) await mkdir(join(folder, name), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));

const rootAt = (name: string) => new RootFs(join(folder, name), 1_700_000_000, () => undefined);

/** A run with a layer of base that holds what is given. */
async function runWith(data: BaseData): Promise<StageContext<unknown>> {
  const layer = join(folder, 'layers/base');
  const outputs = data.root === null ? [] : [await describeOutput(layer, data.root, 'file')];
  await writeFile(join(layer, 'result.json'), JSON.stringify({ ok: true, outputs, data }));
  const layers = new InputLayers(join(folder, 'layers'));
  const context = {
    progress: () => undefined,
    input: (stage: string) => layers.folder(stage),
    inputData: <Data>(input: LayerContract<Data>, later?: (data: Data) => readonly string[]) =>
      layers.data(input, later),
    verifyInput: (path: string) => layers.verify(path),
  };
  return context as unknown as StageContext<unknown>;
}

test('comes out as it went in: modes, links of both sorts, dates', async () => {
  const made = join(folder, 'made');
  await mkdir(join(made, 'tmp'));
  await chmod(join(made, 'tmp'), 0o1777);
  await writeFile(join(made, 'chage'), 'x');
  await chmod(join(made, 'chage'), 0o2755);
  await link(join(made, 'chage'), join(made, 'other'));
  await symlink('/nowhere', join(made, 'link'));
  await packRootfs(rootAt('made'), join(folder, 'layers/base/base.tar'), () => undefined);
  const written = [{ path: '/etc/x', mode: 0o600 }];

  const found = await takeUpBase(await runWith({ root: 'base.tar', packages: 3, written }), rootAt('taken'));
  expect(found).toEqual({ root: 'base.tar', packages: 3, written });
  const at = (name: string) => lstat(join(folder, 'taken', name));
  expect((await at('tmp')).mode & 0o7777).toBe(0o1777);
  expect((await at('chage')).mode & 0o7777).toBe(0o2755);
  expect((await at('chage')).ino).toBe((await at('other')).ino);
  expect((await at('chage')).mtimeMs).toBe(1_700_000_000_000);
  expect(await readlink(join(folder, 'taken/link'))).toBe('/nowhere');
});

test('is verified', async () => {
  await packRootfs(rootAt('made'), join(folder, 'layers/base/base.tar'), () => undefined);
  const context = await runWith({ root: 'base.tar', packages: 1, written: [] });
  const tar = join(folder, 'layers/base/base.tar');
  const content = await readFile(tar);
  // Behind the mark of the archive's end, where tar(1) reads no more.
  content.fill('x', content.length - 1);
  await writeFile(tar, content);
  expect((await failureOf(takeUpBase(context, rootAt('taken')))).error.code).toBe('layer.damaged');
});

test('is nothing where no packages are set apart', async () => {
  const params: BaseParams = { userland: { use: 'debian', params: {} }, packages: [], files: [], sourceDate: 0 };
  const context = { params: baseContract.params.parse(params), log: () => undefined };
  const data = await base(context as unknown as StageContext<BaseParams>);
  expect(data).toEqual({ root: null, packages: 0, written: [] });
  expect(await takeUpBase(await runWith(data), rootAt('taken'))).toEqual(data);
});
