/** What a component of kind kernel says in place of a series when it offers every one. */
export const anySeries = 'any';

/** The version in the name of a kernel's archive, such as linux-6.12.40.tar.xz; undefined where it has none. */
export function versionInName(filename: string): string | undefined {
  return /(?<![0-9.])[0-9]{1,4}\.[0-9]{1,4}(?:\.[0-9]{1,4})?(?![0-9])/.exec(filename)?.[0];
}
