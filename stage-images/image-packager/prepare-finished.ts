/**
 * prepare, of a kernel that is finished: unpacks its package and proves that every wanted option holds in it. Outputs:
 * `kernel`, the files of the package, and `config`.
 */

import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makePart } from '../../parts/part.ts';
import { kernelSources } from '../../parts/sources/index.ts';
import { finishedFiles } from '../../parts/sources/source.ts';
import { parseConfig } from '../../src/definition/dot-config.ts';
import type { PrepareData, PrepareFinishedParams } from '../../src/stages/prepare/contract.ts';
import type { StageContext } from '../contract/program.ts';
import { countOptions } from '../kernel-builder/config-file.ts';
import { releaseIn } from './finished-kernel.ts';
import { judgeFinished } from './finished-options.ts';

export async function prepareFinished(context: StageContext<PrepareFinishedParams>): Promise<PrepareData> {
  const { params, out, progress, log } = context;
  const source = makePart('kernel source', kernelSources, params.source);
  progress(0, 'verifying the package');
  const file = await source.verify(params.sources, context.sources);
  progress(0.2, `unpacking ${file.filename}`);
  const kernel = join(out, 'kernel');
  const unpacked = (fraction: number) => progress(0.2 + 0.7 * fraction, `unpacking ${file.filename}`);
  await source.unpack(file, { folder: kernel, progress: unpacked });
  const release = await releaseIn(kernel, file.filename);

  progress(0.9, 'checking the options');
  const text = join(kernel, finishedFiles.config(release));
  const config = parseConfig(await readFile(text, 'utf8'));
  const { failure, notHeld } = judgeFinished(params.options, config, `Linux ${release}`);
  if (failure) throw failure;
  for (const { reason } of notHeld) log(`left as it is: ${reason}`);

  await copyFile(text, join(out, 'config'));
  context.output('config');
  context.output('kernel', 'tree');
  const { builtIn, modules } = countOptions(config);
  progress(1, `${release}: ${builtIn} options built in, ${modules} as modules`);
  return { release, sourceSha256: file.sha256, builtIn, modules, notHeld };
}
