/** What the address of a file tells of it. */

/** A name that the source store can list; where the address has none, one made of the hash. */
export function filenameOf(url: string, sha256: string): string {
  const last = new URL(url).pathname.split('/').findLast((part) => part !== '') ?? '';
  const name = last.replaceAll(/[^A-Za-z0-9._+~%:-]/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return name === '' ? `source-${sha256.slice(0, 12)}` : name.slice(0, 200);
}
