/** The names that BusyBox goes by: its applets, as the program itself lists them. */

/** `[` and `[[` are the first of them in the order of ASCII, each name ends with a byte 0, and an empty one ends the list. */
const start = Buffer.from('[\0[[\0', 'latin1');
const end = Buffer.from('\0\0', 'latin1');

/** Those that would install packages, of which an image of BusyBox has no record; and what is never called by its name. */
const leftOut = new Set(['busybox', 'dpkg', 'dpkg-deb', 'linuxrc', 'rpm', 'rpm2cpio']);

/** Read from the file, so that it need not be of this machine's processor. @throws Error where there is no such list. */
export function appletsOf(program: Buffer): string[] {
  const from = program.indexOf(start);
  const to = from < 0 ? -1 : program.indexOf(end, from);
  const names = to < 0 ? [] : program.toString('latin1', from, to).split('\0');
  const inOrder = names.every((name, index) => index === 0 || (names[index - 1] ?? '') < name);
  if (!['init', 'mount', 'sh'].every((name) => names.includes(name)) || !inOrder)
    throw new Error('busybox has no list of its applets where they are looked for');
  return names.filter((name) => !leftOut.has(name));
}
