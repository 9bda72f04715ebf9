/** The newest package of a tree in a suite. */
import { type PackagedKernels, packageResolver } from '../newest-package.ts';
import { DebianSourceParams } from './params.ts';

export const sourcePackages: PackagedKernels = {
  prefix: 'linux-source-',
  isOffer: (name) => /-[0-9.]+$/.test(name),
  locate: (suite, name) => suite.locatePackage(name),
  release: () => undefined,
};

export const debianSourceResolver = packageResolver(DebianSourceParams, sourcePackages);
