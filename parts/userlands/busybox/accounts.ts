/** passwd(5), group(5) and shadow(5), written as they are: no program of the image makes accounts here. */
import { chown, cp } from 'node:fs/promises';
import { runTool } from '../../../stage-images/contract/tool.ts';
import { readDatabase } from '../../root-fs/accounts.ts';
import type { RootFs } from '../../root-fs/root-fs.ts';
import type { AccountTools } from '../userland.ts';
import { busyboxGroups } from './params.ts';

const passwd = '/etc/passwd';
const group = '/etc/group';
const shadow = '/etc/shadow';

/** Accounts that every system has, with the numbers that base-passwd has for them. */
const system = [
  'root:x:0:0:root:/root:/bin/sh',
  'daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin',
  'www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin',
  'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin',
];

export async function writeAccounts(root: RootFs): Promise<void> {
  await root.write(passwd, lines(system));
  await root.write(group, lines(Object.entries(busyboxGroups).map(([name, id]) => `${name}:x:${id}:`)));
  await writeShadow(root, lines(system.map((line) => shadowLine(root, line.split(':')[0] ?? '', '*'))));
}

export const accounts: AccountTools = {
  async add(root, { name, shell, groups }, { id, ownGroup }) {
    const home = `/home/${name}`;
    const groupId = ownGroup ? id : busyboxGroups.users;
    await addLine(root, passwd, `${name}:x:${id}:${groupId}::${home}:${shell}`);
    if (ownGroup) await addLine(root, group, `${name}:x:${id}:`);
    await joinGroups(root, name, groups);
    await writeShadow(root, `${await text(root, shadow)}${shadowLine(root, name, '*')}\n`);
    await makeHome(root, home, `${id}:${groupId}`);
  },

  async changeRoot(root, { name, shell, groups }) {
    await change(root, passwd, (fields) => (fields[0] === name ? [...fields.slice(0, 6), shell] : fields));
    await joinGroups(root, name, groups);
  },

  async setPasswords(root, passwords) {
    const changed = lines(
      [...(await readDatabase(root, shadow)).values()].map(([name = '', hash = '', ...rest]) =>
        [name, passwords.get(name) ?? hash, ...rest].join(':'),
      ),
    );
    await writeShadow(root, changed);
  },
};

async function joinGroups(root: RootFs, user: string, groups: readonly string[]): Promise<void> {
  await change(root, group, ([name = '', password = '', id = '', members = '']) => {
    const all = members === '' ? [] : members.split(',');
    return [name, password, id, (groups.includes(name) ? [...new Set([...all, user])] : all).join(',')];
  });
}

/** What new accounts get stands in /etc/skel, where there is one. */
async function makeHome(root: RootFs, home: string, owner: string): Promise<void> {
  await root.makeFolder(home, 0o700);
  const [real, skeleton] = [await root.resolve(home), await root.follow('/etc/skel')];
  if (skeleton) await cp(skeleton, real, { recursive: true, verbatimSymlinks: true });
  await runTool('chown', ['-hR', owner, real]);
}

/** The day of the last change is that of the sources. */
function shadowLine({ sourceDate }: RootFs, name: string, hash: string): string {
  return `${name}:${hash}:${Math.floor(sourceDate / 86_400)}:0:99999:7:::`;
}

/** For root alone, and for programs that run as the group shadow. */
async function writeShadow(root: RootFs, content: string): Promise<void> {
  await root.write(shadow, content, 0o640);
  await chown(await root.resolve(shadow), 0, busyboxGroups.shadow);
}

async function change(root: RootFs, path: string, edit: (fields: string[]) => string[]): Promise<void> {
  await root.write(path, lines([...(await readDatabase(root, path)).values()].map((fields) => edit(fields).join(':'))));
}

async function addLine(root: RootFs, path: string, line: string): Promise<void> {
  await root.write(path, `${await text(root, path)}${line}\n`);
}

async function text(root: RootFs, path: string): Promise<string> {
  return lines([...(await readDatabase(root, path)).values()].map((fields) => fields.join(':')));
}

const lines = (all: readonly string[]) => all.map((line) => `${line}\n`).join('');
