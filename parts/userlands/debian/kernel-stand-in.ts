/**
 * The kernel as packages see it. It does not come into the image as a package: its modules are added when the image is
 * made, and the boot loader component starts it. Packages that depend on it, as its headers do, find a package that
 * provides it (Debian Policy 7.5) in the database of apt when the lock is made, and in that of dpkg in the image.
 */

import type { KernelPackage } from '../../../src/stages/kernel-package.ts';
import { releaseOfPackage } from './kernel-release.ts';

const standInName = 'ldf-kernel';

/** What `dpkg --audit` wants of every package in dpkg's folder of control files: it has no file, and so no sum of one. */
export const standInFiles: readonly [name: string, text: string][] = [
  [`${standInName}.list`, '/.\n'],
  [`${standInName}.md5sums`, ''],
];

/** The paragraph of dpkg's status file (deb-control(5)). `architecture`: Debian's name of it. */
export function standInStanza({ name, version }: KernelPackage, architecture: string): string {
  return `Package: ${standInName}
Status: install ok installed
Priority: optional
Section: kernel
Maintainer: LDF
Architecture: ${architecture}
Version: ${version}
Provides: ${name} (= ${version})
Description: the kernel of this image
 It stands for ${name}, whose files came into the image without a package.

`;
}

/**
 * What `uname -r` says of the image's kernel. A lock that was written before does not tell: then its name does, for all
 * finished kernels came from one source.
 */
export function releaseOf({ name, release }: KernelPackage): string | undefined {
  return release ?? releaseOfPackage(name);
}
