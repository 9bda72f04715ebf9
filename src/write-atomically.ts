/**
 * Files that are there whole or not at all, for whoever reads them meanwhile and after a power cut: written under a name
 * beside their own, brought to the disk (fsync(2)), and renamed (rename(2)). What cannot be finished leaves nothing behind.
 */
import { randomBytes } from 'node:crypto';
import { type FileHandle, link, open, rename, rm } from 'node:fs/promises';

export interface AtomicOptions {
  /** The file's mode, of which the umask takes its part; without it 0666. */
  mode?: number;
}

/** For what nobody but the file's owner may read. */
export const ownerOnly: AtomicOptions = { mode: 0o600 };

type Write<Result> = (file: FileHandle) => Promise<Result>;

/** Puts a file in the place of the one that is there. @throws what node:fs throws; what was there is then as it was. */
export function writeAtomically(path: string, content: string | Uint8Array, options?: AtomicOptions): Promise<void> {
  return placeAtomically(path, (file) => file.writeFile(content), options);
}

/**
 * The same for what is written piece by piece.
 * @param write fills the open file, and does not close it. It opens no write stream on it: a file handle waits for its
 *   streams before it closes, and one that does not close the file never ends (Node.js 20).
 * @returns what `write` returns
 * @throws what `write` and node:fs throw; what was there is then as it was
 */
export function placeAtomically<Result>(path: string, write: Write<Result>, options?: AtomicOptions): Promise<Result> {
  return writeBeside(path, write, options, (partial) => rename(partial, path));
}

/** Puts a file where none is, and leaves alone what is there: of two processes that come at once, one makes it. */
export function writeOnce(path: string, content: string | Uint8Array, options?: AtomicOptions): Promise<void> {
  // Unlike rename(2), link(2) replaces nothing.
  return writeBeside(
    path,
    (file) => file.writeFile(content),
    options,
    (partial) => link(partial, path).catch(undefinedIfThere),
  );
}

async function writeBeside<Result>(
  path: string,
  write: Write<Result>,
  { mode = 0o666 }: AtomicOptions = {},
  place: (partial: string) => Promise<void>,
): Promise<Result> {
  const partial = `${path}.${randomBytes(4).toString('hex')}.part`;
  const file = await open(partial, 'wx', mode);
  try {
    const result = await writeAndSync(file, write).finally(() => file.close());
    await place(partial);
    return result;
  } finally {
    // After a rename there is nothing to remove.
    await rm(partial, { force: true });
  }
}

async function writeAndSync<Result>(file: FileHandle, write: Write<Result>): Promise<Result> {
  const result = await write(file);
  await file.sync();
  return result;
}

function undefinedIfThere(error: unknown): undefined {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
}
