/** Device trees, out of the archive with the kernel's modules, beside which the stage compile puts them. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BootFacts } from '../../parts/bootloaders/boot-loader.ts';
import type { PackageParams } from '../../src/stages/package/contract.ts';
import type { StageContext } from '../contract/program.ts';
import { runTool } from '../contract/tool.ts';
import type { Inputs } from './inputs.ts';

/** Each that is asked for, unpacked. @throws ToolError where the archive has not all of them */
export async function deviceTreesOf(
  { params: { deviceTrees: names = [] }, work }: Pick<StageContext<PackageParams>, 'params' | 'work'>,
  { modules, release }: Pick<Inputs, 'modules' | 'release'>,
): Promise<BootFacts['deviceTrees']> {
  if (names.length === 0 || modules === null) return [];
  const folder = join(work, 'device-trees');
  await mkdir(folder, { recursive: true });
  const below = `./usr/lib/modules/${release}/dtb`;
  const paths = names.map((name) => `${below}/${name}`);
  await runTool('tar', [
    '--extract',
    `--file=${modules}`,
    `--directory=${folder}`,
    '--no-same-owner',
    '--no-wildcards',
    ...paths,
  ]);
  return names.map((name) => ({ name, file: join(folder, below, name) }));
}
