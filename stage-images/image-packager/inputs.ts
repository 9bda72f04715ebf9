/** The kernel and the root file system, as the stages before have left them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assembleLayer } from '../../src/stages/assemble/data.ts';
import { compileLayer } from '../../src/stages/compile/data.ts';
import { type PackageFacts, PackageFactsFile } from '../../src/stages/package-facts.ts';
import type { StageContext } from '../contract/program.ts';

/** What the input layers hold; `modules` is null when the kernel has none. */
export interface Inputs {
  release: string;
  kernel: string;
  modules: string | null;
  rootfs: string;
  /** What the packages of the root file system say of themselves; of an older layer, nothing. */
  packageFacts: PackageFacts[];
}

/** Where the two input layers have what is packaged. All is verified but the root file system, which takes a while. */
export async function readInputs(context: Pick<StageContext<unknown>, 'input' | 'inputData'>): Promise<Inputs> {
  const [compile, assemble] = await Promise.all([
    context.inputData(compileLayer),
    context.inputData(assembleLayer, ({ rootfs }) => [rootfs]),
  ]);
  const assembled = (path: string) => join(context.input('assemble'), path);
  const compiled = (path: string) => join(context.input('compile'), path);
  return {
    release: compile.release,
    kernel: compiled(compile.image),
    modules: compile.modules === null ? null : compiled(compile.modules),
    rootfs: assembled(assemble.rootfs),
    packageFacts:
      assemble.packages === undefined
        ? []
        : PackageFactsFile.parse(JSON.parse(await readFile(assembled(assemble.packages), 'utf8'))),
  };
}
