/** Small files in the data folder: which installation it is, and which server runs on it. */
import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { LdfError } from './errors.ts';
import { undefinedIfMissing } from './missing-file.ts';

const InstallationFile = z.strictObject({ id: z.string().regex(/^[a-z0-9]{16}$/) });

export interface ServerNotice {
  url: string;
  pid: number;
  /** RFC 3339. */
  startedAt: string;
  /** It goes when the command goes that brought it up. */
  temporary: boolean;
}

/** Makes the folder, for its owner alone: definitions hold password hashes. @throws LdfError `usage` when that is not possible. */
export async function makeDataFolder(dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw new LdfError('usage', `The data folder ${dataDir} cannot be made: ${String(cause)}`, {
      hint: 'Give a folder you may write to in LDF_DATA_DIR.',
      cause,
    });
  });
}

/**
 * The id by which containers and volumes of this data folder are known; made at the first call. Of two processes that
 * come at once, one makes it and both get it.
 * @throws LdfError `internal` when the file holds something else.
 */
export async function installationId(dataDir: string): Promise<string> {
  const path = join(dataDir, 'installation.json');
  const fresh = await writeBeside(path, { id: randomBytes(8).toString('hex') });
  try {
    // Unlike rename, link(2) leaves a file alone that is there already.
    await link(fresh, path).catch(undefinedIfThere);
  } finally {
    await rm(fresh, { force: true });
  }
  const file = InstallationFile.safeParse(JSON.parse(await readFile(path, 'utf8')));
  if (file.success) return file.data.id;
  throw new LdfError('internal', `${path} does not hold the id of an installation.`, {
    hint: 'Restore it from a backup. Without it LDF no longer knows its containers and volumes in Docker.',
    cause: file.error,
  });
}

/** Tells commands on this data folder where the server is; gives the function that takes the notice back. */
export async function announceServer(dataDir: string, notice: ServerNotice): Promise<() => Promise<void>> {
  const path = join(dataDir, 'server.json');
  await rename(await writeBeside(path, notice), path);
  return async () => {
    const text = await readFile(path, 'utf8').catch(undefinedIfMissing);
    // A server that came later has put its own notice there.
    if (text === JSON.stringify(notice)) await rm(path, { force: true });
  };
}

async function writeBeside(path: string, value: unknown): Promise<string> {
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(temporary, JSON.stringify(value), { mode: 0o600, flag: 'wx' });
  return temporary;
}

function undefinedIfThere(error: unknown): undefined {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
}
