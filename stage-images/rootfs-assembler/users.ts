/** Accounts: made with the root's own tools, in the order of the definition, so that numbers are the same each time. */

import { chown } from 'node:fs/promises';
import { join } from 'node:path';
import { nearNamesHint } from '../../parts/near-names.ts';
import { readDatabase } from '../../parts/root-fs/accounts.ts';
import type { RootFs } from '../../parts/root-fs/root-fs.ts';
import type { AssembleParams } from '../../src/stages/assemble/contract.ts';
import { StageFailure } from '../contract/failure.ts';

type User = AssembleParams['users'][number];
type Detail = { pointer: string; message: string; value: string; hint: string };

/** login.defs(5), UID_MIN: the first number of a person's account. */
const firstUserId = 1000;

/** A shadow(5) field that no password matches, while keys still work. */
const noPassword = '*';

/** Adds the users; `root` has its password, keys, groups and shell set. @throws StageFailure `users.impossible`. */
export async function addUsers(root: RootFs, users: readonly User[]): Promise<void> {
  if (users.length === 0) return;
  const passwd = await readDatabase(root, '/etc/passwd');
  const group = await readDatabase(root, '/etc/group');
  await refuseImpossible(root, users, passwd, group);
  const taken = new Set([...passwd.values(), ...group.values()].map((fields) => Number(fields[2])));
  let id = firstUserId;
  for (const user of users) {
    if (user.name === 'root') await changeRoot(root, user);
    else {
      while (taken.has(id)) id++;
      await root.run('useradd', addArguments(user, id++, group.has(user.name)));
    }
  }
  await setPasswords(root, users);
  const made = await readDatabase(root, '/etc/passwd');
  for (const user of users) await giveKeys(root, user, made.get(user.name) ?? []);
}

function addArguments({ name, shell, groups }: User, id: number, groupExists: boolean): string[] {
  // A group of the same name may carry rights (docker, disk); a user of that name gets them only when asked for.
  const primary = groupExists ? ['--no-user-group', '--gid', 'users'] : ['--user-group'];
  const more = groups.length > 0 ? ['--groups', groups.join(',')] : [];
  return ['--uid', String(id), ...primary, ...more, '--shell', shell, '--create-home', '--no-log-init', name];
}

async function changeRoot(root: RootFs, { shell, groups }: User): Promise<void> {
  const more = groups.length > 0 ? ['--append', '--groups', groups.join(',')] : [];
  await root.run('usermod', ['--shell', shell, ...more, 'root']);
}

/** On stdin: a command line could be seen, and its length is bounded. */
async function setPasswords(root: RootFs, users: readonly User[]): Promise<void> {
  const lines = users.map(({ name, passwordHash }) => `${name}:${passwordHash ?? noPassword}\n`);
  await root.run('chpasswd', ['--encrypted'], { stdin: lines.join('') });
}

/** Lines for sshd's AuthorizedKeysFile (sshd(8)); sshd refuses files that others could write. */
async function giveKeys(root: RootFs, user: User, account: readonly string[]): Promise<void> {
  if (user.sshKeys.length === 0) return;
  const [, , uid, gid, , home] = account;
  if (!home) throw new Error(`useradd made no account ${user.name}`);
  const folder = join(home, '.ssh');
  await root.makeFolder(folder, 0o700);
  await root.write(`${folder}/authorized_keys`, user.sshKeys.map((key) => `${key.trim()}\n`).join(''), 0o600);
  for (const path of [folder, `${folder}/authorized_keys`])
    await chown(await root.resolve(path), Number(uid), Number(gid));
}

async function refuseImpossible(
  root: RootFs,
  users: readonly User[],
  passwd: ReadonlyMap<string, string[]>,
  group: ReadonlyMap<string, string[]>,
): Promise<void> {
  const details: Detail[] = [];
  for (const [index, user] of users.entries()) {
    const pointer = `/system/users/${index}`;
    const add = (field: string, value: string, message: string, hint: string) =>
      details.push({ pointer: `${pointer}/${field}`, value: JSON.stringify(value), message, hint });
    if (user.name !== 'root' && passwd.has(user.name))
      add('name', user.name, `The account ${user.name} belongs to a package.`, 'Choose another user name.');
    user.groups.forEach((name, at) => {
      if (!group.has(name))
        add(`groups/${at}`, name, `There is no group ${name}.`, nearNamesHint(name, group.keys(), groupHint));
    });
    if (!(await root.exists(user.shell)))
      add('shell', user.shell, `There is no shell ${user.shell}.`, 'Add the package that brings it, or use /bin/bash.');
  }
  const [first, ...others] = details;
  if (!first) return;
  throw new StageFailure({
    code: 'users.impossible',
    message: others.length === 0 ? first.message : `${details.length} user settings can't be applied.`,
    hint: others.length === 0 ? first.hint : 'Correct the entries listed.',
    details,
  });
}

const groupHint = 'Add the package that makes the group, or leave the group out.';
