/** The query `kconfig`: every symbol that a kernel source has for an architecture, with its prompt and help text. */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { KconfigEntry, KconfigQueryParams } from '../../src/stages/prepare/kconfig-query.ts';
import type { QueryContext } from '../contract/program.ts';
import { readSymbols } from './kconfig.ts';
import { KernelTree } from './kernel-tree.ts';
import { unpackSource } from './unpack-source.ts';
import { verifiedPackage } from './verified-package.ts';

/** What Kconfig reads: its own files, and the scripts that its macros run. */
const members = ['linux-source-*/*Kconfig*', 'linux-source-*/scripts/*'];

export async function listSymbols(context: QueryContext<KconfigQueryParams>): Promise<KconfigEntry[]> {
  const { arch, params, work, progress, log } = context;
  progress(0, 'verifying the source');
  const file = await verifiedPackage(params.sources, 'linux-source-', context.sources);
  const [source, build, scratch] = [join(work, 'linux'), join(work, 'build'), join(work, 'scratch')];
  await mkdir(build);
  await mkdir(scratch);
  const onUnpacked = (fraction: number) => progress(0.9 * fraction, `unpacking ${file.filename}`);
  await unpackSource(file, source, onUnpacked, members);
  progress(0.92, 'reading Kconfig');
  const symbols = await readSymbols(new KernelTree({ arch, source, build, scratch }));
  log(`${symbols.length} symbols`);
  return symbols;
}
