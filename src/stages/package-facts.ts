/** What a package that is in a root file system says of itself: for the documents about the image. */
import * as z from 'zod';
import { PackageName } from '../definition/package-name.ts';
import { LockedPackage } from './locked-package.ts';

/** Characters of a licence expression; libc6's, the longest of a small system, has 1,600. */
export const mostLicenseLength = 20_000;

/** SPDX 2.3, annex D: identifiers, operators and parentheses; what it says is not checked here. */
const LicenseExpression = z
  .string()
  .regex(/^[A-Za-z0-9.+() -]+$/, 'must be a licence expression of SPDX')
  .max(mostLicenseLength);

export const PackageFacts = LockedPackage.pick({ name: true, version: true, arch: true }).extend({
  /** null where the package does not say it in a form that machines read. */
  license: LicenseExpression.nullable(),
  /** Those packages of the same root file system that it cannot do without. */
  dependsOn: z.array(PackageName),
});
export type PackageFacts = z.infer<typeof PackageFacts>;

/** The file of the assembled layer that holds them. */
export const PackageFactsFile = z.array(PackageFacts);
