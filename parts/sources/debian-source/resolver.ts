/** The newest package of a tree in a suite. */
import { definePart } from '../../part.ts';
import { Suites } from '../../userlands/debian/suites.ts';
import { newestPackage, type PackagedKernels } from '../newest-package.ts';
import type { SourceResolver } from '../source.ts';
import { DebianSourceParams } from './params.ts';

export const sourcePackages: PackagedKernels = {
  prefix: 'linux-source-',
  isOffer: (name) => /-[0-9.]+$/.test(name),
  locate: (suite, name) => suite.locatePackage(name),
};

export const debianSourceResolver = definePart(
  DebianSourceParams,
  (params): SourceResolver => ({
    asks: `the package lists of ${params.suite}`,
    resolve: async (context, wish, previous) =>
      newestPackage(await Suites.of(context).open(params.suite), sourcePackages, params.package, wish, previous),
  }),
);
