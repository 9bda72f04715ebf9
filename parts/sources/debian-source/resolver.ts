/** The newest package of a tree in a suite, and the one with Debian's configuration where that is asked for. */
import type { KernelGroup } from '../../../src/stages/lock.ts';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import { definePart } from '../../part.ts';
import { Suites } from '../../userlands/debian/suites.ts';
import { type KernelSuite, type PackagedKernels, packageResolver } from '../newest-package.ts';
import type { SourceResolver } from '../source.ts';
import { DebianSourceParams } from './params.ts';

export const sourcePackages: PackagedKernels = {
  prefix: 'linux-source-',
  isOffer: (name) => /-[0-9.]+$/.test(name),
  locate: (suite, name) => suite.locatePackage(name),
  release: () => undefined,
};

const trees = packageResolver(DebianSourceParams, sourcePackages);

export const debianSourceResolver = definePart(DebianSourceParams, (params): SourceResolver => {
  const tree = trees.make(params);
  const { config } = params;
  if (!config) return tree;
  return {
    ...tree,
    async resolve(context, wish, previous) {
      const group = await tree.resolve(context, wish, previous && treeAlone(previous));
      return withConfig(await Suites.of(context).open(params.suite), group, config.package);
    },
  };
});

function treeAlone(group: KernelGroup): KernelGroup {
  return { ...group, sources: group.sources.filter(({ name }) => name.startsWith(sourcePackages.prefix)) };
}

/** @throws StageFailure `kernel.unavailable` when the suite has no such package. */
export async function withConfig(
  suite: Pick<KernelSuite, 'suite' | 'locatePackage'>,
  group: KernelGroup,
  name: string,
): Promise<KernelGroup> {
  const source = await suite.locatePackage(name);
  if (source) return { ...group, sources: [...group.sources, source] };
  const message = `${suite.suite} has no package ${name}, which brings the configuration.`;
  const hint = 'Choose another kernel.config.base.';
  throw new StageFailure({
    ...{ code: 'kernel.unavailable', message, hint },
    details: [{ pointer: '/kernel/config/base', message, hint }],
  });
}
