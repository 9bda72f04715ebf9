/** The second field of lines of fstab(5), where it is a folder other than the root. Pure. */
export function mountPoints(fstab: readonly string[]): string[] {
  return fstab.flatMap((line) => {
    const [source = '#', folder = ''] = line.trim().split(/\s+/);
    return !source.startsWith('#') && folder.startsWith('/') && folder !== '/' ? [folder] : [];
  });
}
