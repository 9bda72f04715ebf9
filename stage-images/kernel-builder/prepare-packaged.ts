/**
 * prepare, of a kernel that is finished: unpacks its package and proves that every wanted option holds in it. Outputs:
 * `kernel`, the files of the package, and `config`.
 */

import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PrepareData, PrepareParams } from '../../src/stages/prepare/contract.ts';
import type { StageContext } from '../contract/program.ts';
import { countOptions, parseConfig } from './config-file.ts';
import { packagedFiles, unpackPackage } from './packaged-kernel.ts';
import { judgePackaged } from './packaged-options.ts';
import { verifiedPackage } from './verified-package.ts';

export async function preparePackaged(context: StageContext<PrepareParams>): Promise<PrepareData> {
  const { params, out, progress, log } = context;
  progress(0, 'verifying the package');
  const file = await verifiedPackage(params.sources, 'linux-image-', context.sources);
  progress(0.2, `unpacking ${file.filename}`);
  const kernel = join(out, 'kernel');
  const release = await unpackPackage(file, kernel);

  progress(0.9, 'checking the options');
  const text = join(kernel, packagedFiles.config(release));
  const config = parseConfig(await readFile(text, 'utf8'));
  const { failure, notHeld } = judgePackaged(params.options, config, `Linux ${release}`);
  if (failure) throw failure;
  for (const { reason } of notHeld) log(`left as it is: ${reason}`);

  await copyFile(text, join(out, 'config'));
  context.output('config');
  context.output('kernel', 'tree');
  const { builtIn, modules } = countOptions(config);
  progress(1, `${release}: ${builtIn} options built in, ${modules} as modules`);
  return { release, sourceSha256: file.sha256, builtIn, modules, notHeld };
}
