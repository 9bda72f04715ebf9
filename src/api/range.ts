/** Parts of a file, and whether the client has it already (RFC 9110, sections 13 and 14). */

export interface ByteRange {
  start: number;
  /** Included. */
  end: number;
}

/**
 * What a Range header asks for of `sizeBytes` bytes. `whole` when there is none, when it is of another unit or
 * malformed (14.2: to be ignored), and for several ranges at once, which nobody has to serve.
 */
export function parseRange(header: string | undefined, sizeBytes: number): ByteRange | 'whole' | 'unsatisfiable' {
  const match = /^bytes=\s*([0-9]{0,16})-([0-9]{0,16})\s*$/i.exec(header ?? '');
  if (!match) return 'whole';
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return 'whole';
  if (first === '') {
    // A suffix: the last so many bytes.
    const length = Math.min(Number(last), sizeBytes);
    return length === 0 ? 'unsatisfiable' : { start: sizeBytes - length, end: sizeBytes - 1 };
  }
  const start = Number(first);
  const end = last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if (last !== '' && Number(last) < start) return 'whole';
  return start >= sizeBytes ? 'unsatisfiable' : { start, end };
}

/** If-None-Match, by weak comparison: `W/` makes no difference. */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag);
}

/** If-Range, by strong comparison; a date never holds, since artifacts have none to compare with. */
export function rangeStillHolds(header: string | undefined, etag: string): boolean {
  return header === undefined || header.trim() === etag;
}
