/** Files with private keys: there, for their owner alone, and readable. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { undefinedIfMissing } from '../missing-file.ts';
import type { KeySet } from '../model/key-set.ts';
import { parsed } from './parsed.ts';

/** Permissions of group and others (chmod(2)). */
const forOthers = 0o077;

/** @param words what the key is called, and what to do where it is missing */
export async function privateFileProblem(
  path: string,
  { what, missing }: { what: string; missing: string },
): Promise<KeySet['problem']> {
  const entry = await stat(path).catch(undefinedIfMissing);
  if (!entry) return { message: `has no ${what} here`, hint: missing };
  if ((entry.mode & forOthers) === 0) return null;
  return {
    message: `has a ${what} that others may read`,
    hint: `Close it to them: chmod 600 ${path}. Where they may have read it, make another key set.`,
  };
}

/** undefined for what is no private key that can be read without a passphrase. */
export async function readPrivateKey(path: string): Promise<KeyObject | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return parsed(() => createPrivateKey(text));
}
