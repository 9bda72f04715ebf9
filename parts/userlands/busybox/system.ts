/** What makes the tree this system and no other: its name, and the folders that something is mounted on. */
import { readFile } from 'node:fs/promises';
import type { AssembleParams } from '../../../src/stages/assemble/contract.ts';
import { partitionFunctions } from '../../root-fs/partitions/partitions.ts';
import type { RootFs } from '../../root-fs/root-fs.ts';
import { hosts } from '../debian/system.ts';

export async function writeNames(root: RootFs, { hostname }: Pick<AssembleParams, 'hostname'>): Promise<void> {
  await root.write('/etc/hostname', `${hostname}\n`);
  await root.write('/etc/hosts', hosts(hostname));
}

export async function writeSystem(root: RootFs, params: AssembleParams): Promise<void> {
  await writeNames(root, params);
  // mount(8) of BusyBox finds no partition by its GUID, which is what fstab(5) names.
  await root.write('/usr/lib/ldf/partitions', await readFile(partitionFunctions));
  for (const folder of params.mountPoints) await root.makeFolder(folder);
}
