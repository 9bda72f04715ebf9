/**
 * prepare: unpacks the kernel source, makes its .config out of the base and the wanted options, and proves that every
 * wanted option holds. Outputs: `linux`, the source tree, and `config`. A kernel that is finished is prepared by the
 * packager, which needs no compiler.
 */

import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makePart } from '../../parts/part.ts';
import { kernelSources } from '../../parts/sources/index.ts';
import type { KernelSource } from '../../parts/sources/source.ts';
import { toolchains } from '../../parts/toolchains/index.ts';
import type { Toolchain } from '../../parts/toolchains/toolchain.ts';
import { parseConfig } from '../../src/definition/dot-config.ts';
import type { PrepareData, PrepareSourceParams } from '../../src/stages/prepare/contract.ts';
import type { StageContext } from '../contract/program.ts';
import { applyPatches, patchedSource } from './apply-patches.ts';
import { countOptions, type SymbolType } from './config-file.ts';
import { type Base, checkBase, configure, readRelease } from './configure.ts';
import { forbiddenSettings } from './fixed-options.ts';
import { explain, readTypes } from './kconfig.ts';
import { KernelTree } from './kernel-tree.ts';
import { judge } from './option-problems.ts';
import { readPatches } from './read-patches.ts';
import { unheldOptions } from './wanted-options.ts';

export async function prepare(context: StageContext<PrepareSourceParams>): Promise<PrepareData> {
  const { params, out, progress } = context;
  const source = makePart('kernel source', kernelSources, params.source);
  progress(0, 'verifying the source');
  const base = await baseOf(context, source);
  const file = await source.verify(params.sources, context.sources);
  const folder = join(out, 'linux');
  const unpacked = (fraction: number) => progress(0.02 + 0.58 * fraction, `unpacking ${file.filename}`);
  await source.unpack(file, { folder, progress: unpacked });
  const patches = await readPatches(params.patches ?? [], context.sources);
  if (patches.length > 0) progress(0.6, `applying ${patches.length} ${patches.length === 1 ? 'patch' : 'patches'}`);
  await applyPatches(patches, { folder, version: params.version, work: context.work, log: context.log });
  const toolchain = makePart('toolchain', toolchains, params.toolchain);
  const tree = await createTree(context, toolchain, folder);

  progress(0.62, 'reading Kconfig');
  const types = await readTypes(tree, [...new Set(params.options.map(({ symbol }) => symbol))]);
  progress(0.72, 'making .config');
  await configure(tree, base, params.options, types);
  progress(0.88, 'checking the options');
  const config = parseConfig(await readFile(tree.built('.config'), 'utf8'));
  const notHeld = await checkOptions(context, tree, types, config);
  const release = await readRelease(tree);

  await copyFile(tree.built('.config'), join(out, 'config'));
  context.output('config');
  context.output('linux', 'tree');
  const { builtIn, modules } = countOptions(config);
  progress(1, `${release}: ${builtIn} options built in, ${modules} as modules`);
  return { release, sourceSha256: patchedSource(file.sha256, patches), builtIn, modules, notHeld };
}

/** What the configuration starts from; one that comes with the source as its text. */
async function baseOf(
  { params, sources, work }: StageContext<PrepareSourceParams>,
  source: KernelSource,
): Promise<Base> {
  if (params.base !== 'source') {
    checkBase(params.base);
    return params.base;
  }
  const content = await source.config?.(params.sources, sources, work);
  if (content === undefined) throw new Error(`the kernel source ${params.source.use} brings no configuration`);
  return { content };
}

/** @returns the optional wishes that did not hold. @throws StageFailure when others did not, all of them named. */
async function checkOptions(
  { params, arch, log }: StageContext<PrepareSourceParams>,
  tree: KernelTree,
  types: ReadonlyMap<string, SymbolType>,
  config: ReadonlyMap<string, string>,
): Promise<PrepareData['notHeld']> {
  const unheld = unheldOptions(params.options, types, config);
  const explanations = await explain(
    tree,
    unheld.map(({ option }) => option),
  );
  const forbidden = await forbiddenSettings(config, tree.options.source, { signedModules: params.signedModules });
  const kernel = `Linux ${params.version} for ${arch}`;
  const { failure, notHeld } = judge(unheld, explanations, forbidden, { options: params.options, config, kernel });
  if (failure) throw failure;
  for (const { reason } of notHeld) log(`left out: ${reason}`);
  return notHeld;
}

async function createTree(
  { arch, work }: StageContext<PrepareSourceParams>,
  toolchain: Toolchain,
  source: string,
): Promise<KernelTree> {
  const [build, scratch] = [join(work, 'build'), join(work, 'scratch')];
  await mkdir(build);
  await mkdir(scratch);
  return new KernelTree({ arch, toolchain, source, build, scratch });
}
