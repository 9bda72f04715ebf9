/** The newest package of a finished kernel in a suite. */
import { definePart } from '../../part.ts';
import { Suites } from '../../userlands/debian/suites.ts';
import { newestPackage, type PackagedKernels } from '../newest-package.ts';
import type { SourceResolver } from '../source.ts';
import { DebianBinaryParams } from './params.ts';

const prefix = 'linux-image-';

export const binaryPackages: PackagedKernels = {
  prefix,
  // Those that depend on the newest, such as linux-image-cloud-amd64; single kernels are many.
  isOffer: (name) => /^linux-image-(?:[a-z]+-)?[a-z0-9]+$/.test(name),
  /** A package such as linux-image-amd64 is empty and depends on the kernel that is the newest of its sort. */
  async locate(suite, name) {
    const named = await suite.locatePackage(name);
    if (!named) return undefined;
    const [kernel] = (await suite.dependencies(name)).filter((dependency) => dependency.startsWith(prefix));
    return kernel === undefined ? named : suite.locatePackage(kernel);
  },
};

export const debianBinaryResolver = definePart(
  DebianBinaryParams,
  (params): SourceResolver => ({
    asks: `the package lists of ${params.suite}`,
    resolve: async (context, wish, previous) =>
      newestPackage(await Suites.of(context).open(params.suite), binaryPackages, params.package, wish, previous),
  }),
);
