/** The kernel and the root file system, as the stages before have left them. */
import { join } from 'node:path';
import { assembleLayer } from '../../src/stages/assemble/data.ts';
import { compileLayer } from '../../src/stages/compile/data.ts';
import type { PackageParams } from '../../src/stages/package/contract.ts';
import type { StageContext } from '../contract/program.ts';

/** What the input layers hold; `modules` is null when the kernel has none. */
export interface Inputs {
  release: string;
  kernel: string;
  modules: string | null;
  rootfs: string;
}

/** Where the two input layers have what is packaged. All is verified but the root file system, which takes a while. */
export async function readInputs(context: StageContext<PackageParams>): Promise<Inputs> {
  const [compile, assemble] = await Promise.all([
    context.inputData(compileLayer),
    context.inputData(assembleLayer, ({ rootfs }) => [rootfs]),
  ]);
  const compiled = (path: string) => join(context.input('compile'), path);
  return {
    release: compile.release,
    kernel: compiled(compile.image),
    modules: compile.modules === null ? null : compiled(compile.modules),
    rootfs: join(context.input('assemble'), assemble.rootfs),
  };
}
