/** Words for a POSIX shell (XCU 2.2.2). */

/** A word as it has to be typed into a POSIX shell: quoted when it holds anything that the shell would read. */
export function shellWord(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : quotedWord(word);
}

/** In single quotes, whatever it holds. */
export function quotedWord(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
