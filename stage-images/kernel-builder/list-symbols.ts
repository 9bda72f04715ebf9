/** The query `kconfig`: every symbol that a kernel source has for an architecture, with its prompt and help text. */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makePart } from '../../parts/part.ts';
import { kernelSources } from '../../parts/sources/index.ts';
import { toolchains } from '../../parts/toolchains/index.ts';
import type { KconfigEntry, KconfigQueryParams } from '../../src/stages/prepare/kconfig-query.ts';
import type { QueryContext } from '../contract/program.ts';
import { readSymbols } from './kconfig.ts';
import { KernelTree } from './kernel-tree.ts';

export async function listSymbols(context: QueryContext<KconfigQueryParams>): Promise<KconfigEntry[]> {
  const { arch, params, work, progress, log } = context;
  progress(0, 'verifying the source');
  const toolchain = makePart('toolchain', toolchains, params.toolchain);
  const source = makePart('kernel source', kernelSources, params.source);
  const file = await source.verify(params.sources, context.sources);
  const [folder, build, scratch] = [join(work, 'linux'), join(work, 'build'), join(work, 'scratch')];
  await mkdir(build);
  await mkdir(scratch);
  const onUnpacked = (fraction: number) => progress(0.9 * fraction, `unpacking ${file.filename}`);
  await source.unpack(file, { folder, progress: onUnpacked, only: 'kconfig' });
  progress(0.92, 'reading Kconfig');
  const symbols = await readSymbols(new KernelTree({ arch, toolchain, source: folder, build, scratch }));
  log(`${symbols.length} symbols`);
  return symbols;
}
