/** A tar made of parts of another one, and of headers in place of those that are there. */
import { type FileHandle, open } from 'node:fs/promises';
import type { Entry } from './file-tree.ts';
import type { PlacedEntry } from './tar-entries.ts';
import { tarHeader } from './tar-header.ts';

/** Bytes of the archive that is copied from, or these. */
export type TarPiece = { startBytes: number; endBytes: number } | Buffer;

/** An entry of the archive with another header, and the data that it has. */
export function entryPieces({ endBytes }: Pick<PlacedEntry, 'endBytes'>, entry: Entry): TarPiece[] {
  const dataBytes = Math.ceil(entry.sizeBytes / blockBytes) * blockBytes;
  return [tarHeader(entry), { startBytes: endBytes - dataBytes, endBytes }];
}

/** Writes the pieces and the mark of the end to the new file `target`. @throws Error where the archive ends before a piece does */
export async function writeTarOf(archive: string, pieces: readonly TarPiece[], target: string): Promise<void> {
  const input = await open(archive);
  const output = await open(target, 'wx');
  try {
    for (const piece of joined(pieces)) {
      if (Buffer.isBuffer(piece)) await output.appendFile(piece);
      else await copy(input, output, piece.startBytes, piece.endBytes);
    }
    await output.appendFile(endMark);
  } finally {
    await Promise.all([input.close(), output.close()]);
  }
}

/** Two blocks of zeros (pax(1), "ustar Interchange Format"). */
const endMark = Buffer.alloc(1024);
const blockBytes = 512;
const mostReadBytes = 1 << 20;

/** Pieces that follow each other in the archive as one. */
function joined(pieces: readonly TarPiece[]): TarPiece[] {
  const parts: TarPiece[] = [];
  for (const piece of pieces) {
    const last = parts.at(-1);
    if (Buffer.isBuffer(piece)) parts.push(piece);
    else if (last && !Buffer.isBuffer(last) && last.endBytes === piece.startBytes) last.endBytes = piece.endBytes;
    else parts.push({ startBytes: piece.startBytes, endBytes: piece.endBytes });
  }
  return parts;
}

async function copy(input: FileHandle, output: FileHandle, startBytes: number, endBytes: number): Promise<void> {
  const buffer = Buffer.allocUnsafe(Math.min(mostReadBytes, endBytes - startBytes));
  for (let position = startBytes; position < endBytes; ) {
    const { bytesRead } = await input.read(buffer, 0, Math.min(buffer.length, endBytes - position), position);
    if (bytesRead === 0) throw new Error(`an archive ended at byte ${position}, not ${endBytes}, while it was copied`);
    await output.appendFile(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
}
