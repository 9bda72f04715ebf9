/** Removes what belongs to the making of the tree and not to the tree: locks, logs, caches, backups. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RootFs } from '../../root-fs/root-fs.ts';
import { debFolder } from './debs.ts';
import { policyProgram, policyText } from './unpack.ts';

/** Single files and folders; what a package does not bring back at need is not in this list. */
const leftovers = [
  debFolder,
  '/var/lib/dpkg/lock',
  '/var/lib/dpkg/lock-frontend',
  '/var/lib/dpkg/triggers/Lock',
  '/var/lib/systemd/random-seed',
  '/var/lib/systemd/credential.secret',
  // Holds inode numbers and times of the files it lists (ldconfig(8)).
  '/var/cache/ldconfig/aux-cache',
];

/** Folders of which only the named files go. */
const patterns: readonly [folder: string, name: RegExp][] = [
  ['/etc', /^(passwd|group|shadow|gshadow|subuid|subgid)-$/],
  ['/var/lib/dpkg', /-old$/],
  ['/var/cache/debconf', /-old$/],
  ['/var/cache/apt', /\.bin$/],
  ['/var/log', /^(dpkg|alternatives|bootstrap|fontconfig)\.log$/],
];

/** Folders that stay but must be empty: mounted over at boot, temporary, or made anew when needed. */
const emptied = ['/proc', '/sys', '/run', '/tmp', '/var/tmp', '/var/log/apt', '/var/log/journal', '/var/cache/man'];

export async function clean(root: RootFs): Promise<void> {
  for (const path of leftovers) await root.remove(path);
  for (const [folder, name] of patterns)
    for (const entry of await entries(root, folder)) if (name.test(entry)) await root.remove(`${folder}/${entry}`);
  for (const folder of emptied)
    for (const entry of await entries(root, folder)) await root.remove(`${folder}/${entry}`);
  const policy = await root.follow(policyProgram);
  // A package may bring a policy of its own.
  if (policy && (await readFile(policy, 'utf8')) === policyText) await rm(policy);
}

async function entries(root: RootFs, folder: string): Promise<string[]> {
  const stat = await root.stat(folder);
  return stat?.isDirectory() ? readdir(join(root.path, folder)) : [];
}
