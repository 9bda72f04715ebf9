/** The token that a data folder's servers have in common. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LdfError } from '../errors.ts';
import { ownerOnly, writeOnce } from '../write-atomically.ts';
import { newToken } from './secrets.ts';

/**
 * The token in `token`, for the folder's owner alone (mode 0600), made at the first call. It stays the same when a server is
 * started again, so that what was told it once (a CI job, a metrics collector, an open page) continues; to have another
 * one, remove the file and start the server again.
 * @throws LdfError `internal` when the file holds something else.
 */
export async function lastingToken(dataDir: string): Promise<string> {
  const path = join(dataDir, 'token');
  await writeOnce(path, `${newToken()}\n`, ownerOnly);
  const token = (await readFile(path, 'utf8')).trim();
  if (/^[\x21-\x7e]{32,200}$/.test(token)) return token;
  throw new LdfError('internal', `${path} does not hold a token.`, {
    hint: 'Remove the file: the next start makes another one.',
  });
}
