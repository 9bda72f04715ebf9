/** The accounts of the image, and whose home directory a path lies in. */
import { readFile } from 'node:fs/promises';
import type { RootFs } from './root-fs.ts';

/** login.defs(5), UID_MIN and UID_MAX: accounts of people. In their home directories, and in root's, files are their own. */
const isPerson = ({ uid }: Account) => uid === 0 || (uid >= 1000 && uid <= 60000);

export interface Account {
  uid: number;
  gid: number;
  /** Where the home directory stands in this container. */
  home: string;
}

export class Accounts {
  constructor(
    readonly users: ReadonlyMap<string, Account>,
    readonly groups: ReadonlyMap<string, number>,
  ) {}

  /** The numbers of `user` or `user:group`; undefined when the image does not have one of them. */
  owner(text: string): Pick<Account, 'uid' | 'gid'> | undefined {
    const [name = '', group] = text.split(':');
    const user = this.users.get(name);
    const gid = group === undefined ? user?.gid : this.groups.get(group);
    return user && gid !== undefined ? { uid: user.uid, gid } : undefined;
  }

  /** The person in whose home directory a path of this container lies; of homes within homes, the innermost. */
  homeOf(path: string): Account | undefined {
    const holders = [...this.users.values()].filter((user) => isPerson(user) && path.startsWith(`${user.home}/`));
    return holders.sort((a, b) => b.home.length - a.home.length)[0];
  }
}

/** Reads passwd(5) and group(5). */
export async function readAccounts(root: RootFs): Promise<Accounts> {
  const users = new Map<string, Account>();
  for (const [name, [, , uid, gid, , home]] of await readDatabase(root, '/etc/passwd')) {
    const real = home && home !== '/' ? await root.follow(home) : undefined;
    // A path that nothing lies below, for those without a home directory.
    users.set(name, { uid: Number(uid), gid: Number(gid), home: real ?? '/dev/null' });
  }
  const groups = await readDatabase(root, '/etc/group');
  return new Accounts(users, new Map([...groups].map(([name, [, , gid]]) => [name, Number(gid)])));
}

/** passwd(5) or group(5): the fields of each line by the name in the first. */
export async function readDatabase(root: RootFs, path: string): Promise<Map<string, string[]>> {
  return parseDatabase(await readFile(await root.resolve(path), 'utf8'));
}

export function parseDatabase(text: string): Map<string, string[]> {
  const lines = text.split('\n').filter((line) => line !== '');
  return new Map(lines.map((line) => line.split(':')).map((fields) => [fields[0] ?? '', fields]));
}
