/** What the resolve stage finds, as a test would have it. */
import { defaultScripts, type StageScript } from '../../../src/runtime/fake/fake-stage.ts';
import { type StageResult, stagePaths } from '../../../src/stages/contract.ts';
import type { PackagesGroup } from '../../../src/stages/lock.ts';
import { ResolveData } from '../../../src/stages/resolve/contract.ts';

/** Resolves as ever, and then changes what was found of packages. */
export function resolvingPackages(change: (found: PackagesGroup) => PackagesGroup): StageScript {
  return async (stage) => {
    const end = await defaultScripts.resolve(stage);
    const { data, ...result } = JSON.parse(stage.read(stagePaths.out, stagePaths.result));
    const { packages, ...others } = ResolveData.parse(data);
    const changed = { ...result, data: { ...others, packages: packages && change(packages) } } satisfies StageResult;
    stage.write(stagePaths.result, JSON.stringify(changed));
    return end;
  };
}
