/** Access control of a server on its data folder. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { makeDataFolder } from '../data-folder.ts';
import { LdfError } from '../errors.ts';
import { createLog } from '../log.ts';
import { undefinedIfMissing } from '../missing-file.ts';
import { allScopes, ownerId } from '../model/scopes.ts';
import { ownerOnly, writeAtomically } from '../write-atomically.ts';
import { AccessControl } from './access-control.ts';
import { newToken } from './secrets.ts';
import { SessionFile, Sessions } from './sessions.ts';
import { lastingToken } from './token-file.ts';

interface OpenedAccess {
  access: AccessControl;
  /** undefined without authentication. */
  token: string | undefined;
  /** Resolves when the sessions are on the disk. */
  saved(): Promise<void>;
}

/**
 * @param temporary a server for one command: it has a token of its own, and keeps no sessions
 * @throws LdfError `usage` when the data folder cannot be made
 */
export async function openAccess(
  { auth, token: given, dataDir, logLevel }: Pick<Config, 'auth' | 'token' | 'dataDir' | 'logLevel'>,
  temporary: boolean,
): Promise<OpenedAccess> {
  const saved = async () => undefined;
  if (temporary) {
    const token = newToken();
    return { access: new AccessControl([{ token }]), token, saved };
  }
  if (auth === 'none') return { access: new AccessControl('none'), token: undefined, saved };
  await makeDataFolder(dataDir);
  const token = given ?? (await lastingToken(dataDir));
  const { sessions, flush } = await lastingSessions(join(dataDir, 'sessions.json'), createLog({ logLevel }));
  return { access: new AccessControl([{ token }], sessions), token, saved: flush };
}

/** What follows the address of the web UI in a link that signs in: browsers send no fragment anywhere. */
export function signInFragment(access: AccessControl): string {
  if (access.everybody) return '';
  return `#code=${access.codes.issue({ id: ownerId, via: 'token', scopes: allScopes }).code}`;
}

/** One write after the other; of those that wait only the last is of interest. */
async function lastingSessions(path: string, log: Logger): Promise<{ sessions: Sessions; flush: () => Promise<void> }> {
  let waiting: SessionFile | undefined;
  let writing = Promise.resolve();
  const write = async () => {
    const file = waiting;
    waiting = undefined;
    if (file) await writeAtomically(path, JSON.stringify(file), ownerOnly);
  };
  const save = (file: SessionFile) => {
    waiting = file;
    writing = writing.then(write).catch((error: unknown) => {
      log.warn({ err: error }, 'sessions could not be stored: they end with this process');
    });
  };
  return { sessions: new Sessions({ initial: await readSessions(path), save }), flush: () => writing };
}

async function readSessions(path: string): Promise<SessionFile> {
  const text = await readFile(path, 'utf8').catch(undefinedIfMissing);
  if (text === undefined) return { sessions: [] };
  try {
    return SessionFile.parse(JSON.parse(text));
  } catch (cause) {
    throw new LdfError('internal', `${path} does not hold sessions.`, {
      hint: 'Remove it and start the server again: browsers must then sign in again.',
      cause,
    });
  }
}
