/** Accounts, in the order of the definition, so that numbers are the same each time; how one is made the userland knows. */

import { chown } from 'node:fs/promises';
import { join } from 'node:path';
import { nearNamesHint } from '../../parts/near-names.ts';
import { readDatabase } from '../../parts/root-fs/accounts.ts';
import type { RootFs } from '../../parts/root-fs/root-fs.ts';
import type { AccountTools } from '../../parts/userlands/userland.ts';
import type { AssembleParams } from '../../src/stages/assemble/contract.ts';
import { StageFailure } from '../contract/failure.ts';

type User = AssembleParams['users'][number];
type Detail = { pointer: string; message: string; value: string; hint: string };

/** login.defs(5), UID_MIN: the first number of a person's account. */
const firstUserId = 1000;

/** A shadow(5) field that no password matches, while keys still work. */
const noPassword = '*';

/** Adds the users; `root` has its password, keys, groups and shell set. @throws StageFailure `users.impossible`. */
export async function addUsers(root: RootFs, users: readonly User[], accounts: AccountTools): Promise<void> {
  if (users.length === 0) return;
  const passwd = await readDatabase(root, '/etc/passwd');
  const group = await readDatabase(root, '/etc/group');
  await refuseImpossible(root, users, passwd, group);
  const taken = new Set([...passwd.values(), ...group.values()].map((fields) => Number(fields[2])));
  let id = firstUserId;
  for (const user of users) {
    if (user.name === 'root') await accounts.changeRoot(root, user);
    else {
      while (taken.has(id)) id++;
      // A group of the same name may carry rights (docker, disk); a user of that name gets them only when asked for.
      await accounts.add(root, user, { id: id++, ownGroup: !group.has(user.name) });
    }
  }
  await accounts.setPasswords(root, new Map(users.map(({ name, passwordHash }) => [name, passwordHash ?? noPassword])));
  const made = await readDatabase(root, '/etc/passwd');
  for (const user of users) await giveKeys(root, user, made.get(user.name) ?? []);
}

/** Lines for sshd's AuthorizedKeysFile (sshd(8)); sshd refuses files that others could write. */
async function giveKeys(root: RootFs, user: User, account: readonly string[]): Promise<void> {
  if (user.sshKeys.length === 0) return;
  const [, , uid, gid, , home] = account;
  if (!home) throw new Error(`there is no account ${user.name}`);
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
      add(
        'shell',
        user.shell,
        `There is no shell ${user.shell}.`,
        'Add the package that brings it, or leave `shell` out.',
      );
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
