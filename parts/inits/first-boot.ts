/**
 * What must not be the same on two machines made from one image: it is taken out, and made anew when it is missing
 * at boot (docs/first-boot.md). The image gets one program, and for each entry what starts it, a list of files with
 * owner and mode, the commands, and those files of which only some values differ.
 */

import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { PerMachine } from '../../src/definition/per-machine.ts';
import { isDefinition } from '../../src/stages/origin.ts';
import { StageFailure } from '../../stage-images/contract/failure.ts';
import { readDatabase } from '../root-fs/accounts.ts';
import type { RootFs } from '../root-fs/root-fs.ts';
import type { FirstBootEntry as Entry, FirstBoot } from './init-system.ts';

/** How the init system runs the program for an entry, before whatever uses its files, while the first of them is not there. */
export interface Starter {
  /** @returns the name of the service that it is from now on */
  write(entry: Entry, planned: readonly Planned[]): Promise<string>;
  /** Has these services start at boot. */
  enable(services: readonly string[]): Promise<void>;
}

type MachineFile = PerMachine['files'][number];
/** Makes the files of the entry that is its argument. */
export const firstBootProgram = '/usr/lib/ldf/first-boot';
const dataFolder = '/usr/lib/ldf/first-boot.d';

/** A file as the program makes it; `owner` is what chown(1) takes. */
export interface Planned {
  path: string;
  owner: string;
  mode: string;
  /** Without the values; absent where the commands make all of it. */
  template?: Buffer;
}

/** Takes out each file that a machine has to make for itself, and has it made at first boot. */
export async function deferSecrets(
  root: RootFs,
  { entries, given: paths }: FirstBoot,
  starter: Starter,
): Promise<void> {
  // Whoever gives a file wants it on every machine: a cluster's munge.key, an SSH host key.
  const given = new Set(paths);
  const services: string[] = [];
  for (const entry of entries) {
    const planned = await planFiles(root, entry);
    if (planned.length === 0) continue;
    for (const { path } of planned) if (!given.has(path)) await root.remove(path);
    await forgetInUcf(root, planned);
    if (planned.some(({ path }) => given.has(path))) continue;
    await writeEntry(root, entry, planned);
    services.push(await starter.write(entry, planned));
  }
  if (services.length > 0) {
    await root.write(firstBootProgram, programText, 0o755);
    await starter.enable(services);
  }
  await removeDanglingCertificateLinks(root);
}

/** The entry's files with owner and mode. Those that nobody asked for and no package made are left out. */
async function planFiles(root: RootFs, entry: Entry): Promise<Planned[]> {
  const planned: Planned[] = [];
  for (const file of entry.files) {
    const stat = await root.stat(file.path);
    if (!stat && entry.from === undefined) continue;
    if (stat && !stat.isFile()) throw unfit(entry, file, `${file.path} is no regular file in the image`);
    const owner = file.owner ? await idOf(root, entry, file, 'owner') : String(stat?.uid ?? 0);
    const group = file.group ? await idOf(root, entry, file, 'group') : String(stat?.gid ?? 0);
    const mode = file.mode ?? (stat ? (stat.mode & 0o7777).toString(8).padStart(4, '0') : '0600');
    const template = file.values.length > 0 ? await takeValuesOut(root, entry, file) : undefined;
    planned.push({ path: file.path, owner: `${owner}:${group}`, mode, ...(template ? { template } : {}) });
  }
  return planned;
}

async function idOf(root: RootFs, entry: Entry, file: MachineFile, key: 'owner' | 'group'): Promise<string> {
  const database = key === 'owner' ? '/etc/passwd' : '/etc/group';
  const accounts = await readDatabase(root, database);
  const id = accounts.get(file[key] ?? '')?.[2];
  if (id === undefined) throw unfit(entry, file, `${file.path} cannot belong to ${key} ${file[key]}: it is not there`);
  return id;
}

/** The file's text with a placeholder for each of its values. Latin 1 keeps every byte as it is. */
async function takeValuesOut(root: RootFs, entry: Entry, file: MachineFile): Promise<Buffer> {
  if (!(await root.stat(file.path))) throw unfit(entry, file, `${file.path} is not in the image, so it has no values`);
  let text = await readFile(await root.resolve(file.path), 'latin1');
  for (const { pattern, placeholder } of file.values) {
    const [start, end] = new RegExp(pattern, 'dm').exec(text)?.indices?.[1] ?? [];
    if (start === undefined || end === undefined) throw unfit(entry, file, `${file.path} has no line like ${pattern}`);
    text = text.slice(0, start) + placeholder + text.slice(end);
  }
  return Buffer.from(text, 'latin1');
}

function unfit(entry: Entry, file: MachineFile, message: string): StageFailure {
  const { from } = entry;
  const pointer = from && isDefinition(from) ? `${from.pointer}/files/${entry.files.indexOf(file)}` : '';
  return new StageFailure({
    code: 'first-boot.impossible',
    message: `What ${entry.name} makes at first boot does not fit the image: ${message}.`,
    hint: from
      ? 'Correct the entry; docs/first-boot.md tells how one is written.'
      : `This version of the package is not known yet: describe its files in an entry named ${entry.name} under /system/perMachine.`,
    details: [{ pointer, value: JSON.stringify(file.path), message }],
  });
}

/** ucf(1) keeps the hash of each file it made, here one with the values that were taken out. */
async function forgetInUcf(root: RootFs, planned: readonly Planned[]): Promise<void> {
  const hashes = '/var/lib/ucf/hashfile';
  const stat = await root.stat(hashes);
  if (!stat?.isFile()) return;
  const paths = new Set(planned.map(({ path }) => path));
  const text = await readFile(await root.resolve(hashes), 'utf8');
  const kept = text.split('\n').filter((line) => !paths.has(line.split(/\s+/)[1] ?? ''));
  if (kept.join('\n') !== text) await root.write(hashes, kept.join('\n'), stat.mode & 0o7777);
}

async function writeEntry(root: RootFs, entry: Entry, planned: readonly Planned[]): Promise<void> {
  const folder = `${dataFolder}/${entry.name}`;
  await root.write(`${folder}/files`, planned.map(({ path, owner, mode }) => `${mode} ${owner} ${path}\n`).join(''));
  await root.write(`${folder}/make`, entry.make);
  for (const { path, template } of planned)
    if (template) await root.write(`${folder}/templates/${basename(path)}`, template, 0o600);
}

/**
 * The files are put in place one by one, the first last, each complete and on the disk before it has its name: the unit's
 * condition asks for the first, so a machine that is switched off in between starts over.
 */
const programText = `#!/bin/sh
# Makes the files of one entry of ${dataFolder} that are to differ from machine to machine.
set -eu
umask 077
export PATH=/usr/sbin:/usr/bin LC_ALL=C.UTF-8 HOME=/root
data=${dataFolder}/$1
work=$(mktemp -d /run/ldf-first-boot.XXXXXXXXXX)
trap 'rm -rf "$work"' EXIT
cd "$work"
if [ -d "$data/templates" ]; then cp -R "$data/templates/." .; fi
sh -eu "$data/make" </dev/null
while read -r mode owner path; do
    if ! [ -f "\${path##*/}" ]; then
        echo "$data/make has not made \${path##*/}" >&2
        exit 1
    fi
    (umask 022 && mkdir -p "\${path%/*}/")
    cp "\${path##*/}" "$path.ldf-new"
    chown "$owner" "$path.ldf-new"
    chmod "$mode" "$path.ldf-new"
    sync "$path.ldf-new"
done < "$data/files"
relabel=$(command -v restorecon || true)
tac "$data/files" | while read -r mode owner path; do
    mv -fT "$path.ldf-new" "$path"
    # Where the kernel decides by labels, the one of this name is another than that of the name before.
    [ -z "$relabel" ] || (cd / && "$relabel" "$path")
    sync "\${path%/*}/"
done
`;

/** openssl-rehash(1) links each certificate under the hash of its subject, which names the machine that built it. */
async function removeDanglingCertificateLinks(root: RootFs): Promise<void> {
  const folder = '/etc/ssl/certs';
  const real = await root.follow(folder);
  for (const entry of real ? await readdir(real) : [])
    if (/^[0-9a-f]{8}\.[0-9]+$/.test(entry) && !(await root.exists(join(folder, entry))))
      await root.remove(`${folder}/${entry}`);
}
