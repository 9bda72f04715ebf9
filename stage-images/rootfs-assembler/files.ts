/**
 * The files of the definition and of the components. Most are written twice: before packages are configured, so that
 * maintainer scripts and generators read them, and afterwards, as scripts may have put something else in their place.
 */

import { chmod, chown } from 'node:fs/promises';
import { dirname } from 'node:path';
import { nearNamesHint } from '../../parts/near-names.ts';
import { type Account, type Accounts, readAccounts } from '../../parts/root-fs/accounts.ts';
import { type RootFs, RootPathError } from '../../parts/root-fs/root-fs.ts';
import type { AssembleParams } from '../../src/stages/assemble/contract.ts';
import { isDefinition, originText } from '../../src/stages/origin.ts';
import { StageFailure } from '../contract/failure.ts';

type File = AssembleParams['files'][number];
type Detail = { pointer: string; message: string; value: string; hint?: string };

/** Folders over which something is mounted at boot (file-hierarchy(7)): what is written there is never seen. */
const mountedOver = ['/dev', '/proc', '/run', '/sys'];

/**
 * Written when everything else is done: home directories are not there before the users are; the others are kept up by
 * packages and by this program, or would get in the way of configuring packages.
 */
const late = [
  /^\/home\//,
  /^\/etc\/(passwd|group|shadow|gshadow|subuid|subgid)$/,
  /^\/etc\/(hosts|locale\.gen|ld\.so\.preload)$/,
  /^\/usr\/sbin\/policy-rc\.d$/,
  // A program of the same name as one that maintainer scripts call is for the system that runs.
  /^(\/usr)?(\/local)?\/s?bin\//,
];

/** Programs refuse to use what others could read there (ssh(1), gpg(1)). */
const privateFolders = new Set(['.ssh', '.gnupg']);

/** Which files can be in place while packages are configured. */
export function earlyFiles(files: readonly File[]): File[] {
  return files.filter(({ path }) => !late.some((pattern) => pattern.test(path)));
}

/** Writes each file as root:root. @throws StageFailure `files.impossible` with all those that cannot be written. */
export async function writeFiles(root: RootFs, files: readonly File[]): Promise<void> {
  const details: Detail[] = [];
  for (const file of files) {
    const reason = await writeOne(root, file);
    if (reason === undefined) continue;
    const message = `${file.path}${asker(file)} cannot be written: ${reason}.`;
    details.push({ pointer: pointerOf(file, 'path'), value: JSON.stringify(file.path), message });
  }
  refuse(details, 'Choose another path.');
}

/**
 * Writes the files that had to wait, and gives each file below a home directory to its user, with the folders on the way
 * to it; others to their `owner`. @throws StageFailure `files.impossible`, also for an owner that the image does not have.
 */
export async function finishFiles(root: RootFs, files: readonly File[]): Promise<void> {
  const early = new Set(earlyFiles(files));
  await writeFiles(
    root,
    files.filter((file) => !early.has(file)),
  );
  const accounts = await readAccounts(root);
  const details = files.flatMap((file) => unknownOwner(file, accounts));
  refuse(details, 'Correct the owners listed.');
  for (const file of files) {
    const home = accounts.homeOf(await root.resolve(file.path));
    if (home) await giveFolders(root, file.path, home);
    const owner = file.owner === undefined ? home : accounts.owner(file.owner);
    if (owner) await give(await root.resolve(file.path), owner, Number.parseInt(file.mode, 8));
  }
}

/** Folders between a home directory and a file in it that still belong to root were made for the file. */
async function giveFolders(root: RootFs, path: string, { uid, gid, home }: Account): Promise<void> {
  for (let folder = dirname(await root.resolve(path)); folder.length >= home.length; folder = dirname(folder)) {
    const found = await root.stat(folder.slice(root.path.length));
    if (!found?.isDirectory() || found.uid !== 0) continue;
    const name = folder.slice(folder.lastIndexOf('/') + 1);
    await give(folder, { uid, gid }, privateFolders.has(name) ? 0o700 : found.mode & 0o7777);
  }
}

/** chown(2) drops the bits setuid and setgid, so the mode comes last. */
async function give(path: string, { uid, gid }: Pick<Account, 'uid' | 'gid'>, mode: number): Promise<void> {
  await chown(path, uid, gid);
  await chmod(path, mode);
}

function unknownOwner(file: File, accounts: Accounts): Detail[] {
  if (file.owner === undefined || accounts.owner(file.owner)) return [];
  const [user = '', group] = file.owner.split(':');
  const isUser = !accounts.users.has(user);
  const [what, name, known] = isUser ? ['user', user, accounts.users] : ['group', group ?? '', accounts.groups];
  const hint = nearNamesHint(name, known.keys(), `Add the package that makes the ${what}, or choose another owner.`);
  const message = `${file.path}${asker(file)} cannot belong to ${file.owner}: the image has no ${what} ${name}.`;
  return [{ pointer: pointerOf(file, 'owner'), value: JSON.stringify(file.owner), message, hint }];
}

const asker = ({ from }: File) => (isDefinition(from) ? '' : ` (of ${originText(from)})`);
const pointerOf = ({ from }: File, field: string) => (isDefinition(from) ? `${from.pointer}/${field}` : '');

function refuse(details: Detail[], hint: string): void {
  const [first, ...others] = details;
  if (!first) return;
  throw new StageFailure({
    code: 'files.impossible',
    message: others.length === 0 ? first.message : `${details.length} files cannot be written.`,
    hint: others.length === 0 ? (first.hint ?? hint) : hint,
    details,
  });
}

/** Why the file cannot be written, or undefined when it is. */
async function writeOne(root: RootFs, { path, content, mode }: File): Promise<string | undefined> {
  try {
    const real = await root.resolve(path);
    const folder = mountedOver.find((one) => real.startsWith(`${root.path}${one}/`));
    if (folder) return `${folder} is empty when the system has booted`;
    await root.write(path, content, Number.parseInt(mode, 8));
    return undefined;
  } catch (error) {
    if (error instanceof RootPathError) return error.message;
    throw error;
  }
}
