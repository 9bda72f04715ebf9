/** What `uname -r` says of the kernel that a package is; undefined for one that is none, such as those that depend on the newest. */
export function releaseOfPackage(name: string): string | undefined {
  return /^linux-image-([0-9]\S*?)(-unsigned)?$/.exec(name)?.[1];
}
