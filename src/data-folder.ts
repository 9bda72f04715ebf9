/** Small files in the data folder: which installation it is, and which server runs on it. */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { parseJson } from './client/http.ts';
import { LdfError } from './errors.ts';
import { undefinedIfMissing } from './missing-file.ts';
import { ownerOnly, writeAtomically, writeOnce } from './write-atomically.ts';

const InstallationFile = z.strictObject({ id: z.string().regex(/^[a-z0-9]{16}$/) });

const ServerNotice = z.looseObject({
  url: z.url(),
  pid: z.int().positive(),
  /** RFC 3339. */
  startedAt: z.string().optional(),
  /** It goes when the command goes that brought it up. */
  temporary: z.boolean().default(false),
  /** What it wants to be asked with; none without authentication. */
  token: z.string().optional(),
});
export type ServerNotice = z.infer<typeof ServerNotice>;

/**
 * Makes the folder, for its owner alone: definitions hold password hashes. One that is there and open to others is closed
 * to them, if it is ours; a folder with the sticky bit, such as /tmp, is everybody's and left as it is.
 * @throws LdfError `usage` when that is not possible.
 */
export async function makeDataFolder(dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw new LdfError('usage', `The data folder ${dataDir} cannot be made: ${String(cause)}`, {
      hint: 'Give a folder you may write to in LDF_DATA_DIR.',
      cause,
    });
  });
  const { mode, uid } = await stat(dataDir);
  const isOpen = (mode & forOthers) !== 0 && (mode & stickyBit) === 0;
  if (isOpen && uid === process.getuid?.()) await chmod(dataDir, mode & ~forOthers & allBits);
}

/** Permissions of group and others (chmod(2)). */
const forOthers = 0o077;
const stickyBit = 0o1000;
const allBits = 0o7777;

/**
 * The id by which containers and volumes of this data folder are known; made at the first call. Of two processes that
 * come at once, one makes it and both get it.
 * @throws LdfError `internal` when the file holds something else.
 */
export async function installationId(dataDir: string): Promise<string> {
  const path = join(dataDir, 'installation.json');
  await writeOnce(path, JSON.stringify({ id: randomBytes(8).toString('hex') }), ownerOnly);
  const file = InstallationFile.safeParse(JSON.parse(await readFile(path, 'utf8')));
  if (file.success) return file.data.id;
  throw new LdfError('internal', `${path} does not hold the id of an installation.`, {
    hint: 'Restore it from a backup. Without it LDF no longer knows its containers and volumes in Docker.',
    cause: file.error,
  });
}

/**
 * Tells commands on this data folder where the server is, and its token: the file is for the folder's owner alone. Gives
 * the function that takes the notice back.
 */
export async function announceServer(dataDir: string, notice: ServerNotice): Promise<() => Promise<void>> {
  const path = join(dataDir, 'server.json');
  await writeAtomically(path, JSON.stringify(notice), ownerOnly);
  return async () => {
    const text = await readFile(path, 'utf8').catch(undefinedIfMissing);
    // A server that came later has put its own notice there.
    if (text === JSON.stringify(notice)) await rm(path, { force: true });
  };
}

/** What the server has left there that runs on the folder, or ran; undefined when there is nothing of the kind. */
export async function readNotice(dataDir: string): Promise<ServerNotice | undefined> {
  const text = await readFile(join(dataDir, 'server.json'), 'utf8').catch(undefinedIfMissing);
  if (text === undefined) return undefined;
  const notice = ServerNotice.safeParse(parseJson(text));
  return notice.success ? notice.data : undefined;
}
