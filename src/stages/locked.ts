/** What of a lock goes into the parameters of stages. */
import type { LockedPackage, PackageSource } from './locked-package.ts';
import type { SourceFile } from './source-file.ts';

/** Without the address it came from: the same file from another mirror gives the same key. */
export function locked({ url: _url, ...rest }: PackageSource): LockedPackage {
  return rest;
}

export function fileOf({ url, sha256, sizeBytes, filename }: PackageSource): SourceFile {
  return { url, sha256, sizeBytes, filename };
}
