/** The newest package of a finished kernel in a suite. */

import { releaseOfPackage } from '../../userlands/debian/kernel-release.ts';
import { type PackagedKernels, packageResolver } from '../newest-package.ts';
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
  release: releaseOfPackage,
};

export const debianBinaryResolver = packageResolver(DebianBinaryParams, binaryPackages);
