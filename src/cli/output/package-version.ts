/** Which of two versions of a Debian package is the later one: deb-version(7). */

/** Negative when `a` is the earlier one, 0 when they are the same version. */
export function comparePackageVersions(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)];
  return left.epoch - right.epoch || compare(left.upstream, right.upstream) || compare(left.revision, right.revision);
}

function parts(version: string): { epoch: number; upstream: string; revision: string } {
  const [, epoch = '0', rest = ''] = /^(?:([0-9]+):)?(.*)$/s.exec(version) ?? [];
  const dash = rest.lastIndexOf('-');
  return {
    epoch: Number(epoch),
    upstream: dash < 0 ? rest : rest.slice(0, dash),
    revision: dash < 0 ? '' : rest.slice(dash + 1),
  };
}

/** Text and numbers by turns: each pair of texts by its letters, each pair of numbers by its value. */
function compare(a: string, b: string): number {
  const [left, right] = [a.match(/\D*\d*/g) ?? [], b.match(/\D*\d*/g) ?? []];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const [[text, number], [otherText, otherNumber]] = [split(left[at]), split(right[at])];
    const difference = compareText(text, otherText) || Math.sign(number - otherNumber);
    if (difference !== 0) return difference;
  }
  return 0;
}

function split(piece = ''): [string, number] {
  const digits = piece.search(/\d/);
  return digits < 0 ? [piece, 0] : [piece.slice(0, digits), Number(piece.slice(digits))];
}

function compareText(a: string, b: string): number {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const difference = weight(a[at]) - weight(b[at]);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** `~` comes before the end of the text, letters before everything else. */
function weight(character: string | undefined): number {
  if (character === undefined) return 0;
  if (character === '~') return -1;
  const code = character.codePointAt(0) ?? 0;
  return /[A-Za-z]/.test(character) ? code : code + 256;
}
