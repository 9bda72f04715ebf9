/**
 * A root file system whose every block is checked when it is read: dm-verity, https://docs.kernel.org/admin-guide/device-mapper/verity.html.
 * The GUIDs of both partitions are halves of the root hash, as the Discoverable Partitions Specification has it.
 */
import { open, readFile, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { deriveUuid, uuidText } from '../../../stage-images/contract/derive.ts';
import { runTool } from '../../../stage-images/contract/tool.ts';
import type { FileTree } from '../../file-tree/file-tree.ts';
import type { FileSystem, FileSystemFacts } from '../../filesystems/file-system.ts';
import { copyInto } from '../../filesystems/finished-image.ts';
import { MiB } from '../../units.ts';
import type { Partition, Seal } from '../layout.ts';
import type { TablePartition } from './partition-table.ts';

/** Of data and hashes: one page of every architecture, and what veritysetup(8) takes by default. */
const blockBytes = 4096;

export interface SealedPartitions {
  seal: Seal;
  /** The root, and the hashes, each with what it is filled with. */
  partitions: { partition: TablePartition; facts: FileSystemFacts }[];
}

/** Makes the file system, and the hashes of its blocks. */
export async function sealed(
  root: Partition,
  { label, typeGuid }: NonNullable<Partition['verity']>,
  tree: FileTree,
  facts: FileSystemFacts,
): Promise<SealedPartitions> {
  const data = join(facts.work, 'verity-data');
  const hashes = join(facts.work, 'verity-hashes');
  await makeData(data, root.fileSystem, tree, facts);
  const rootHash = await makeHashes(data, hashes, facts);
  const partitionUuid = uuidText(rootHash.slice(0, 32));
  return {
    seal: { rootHash, partitionUuid },
    partitions: [
      {
        partition: { ...root, uuid: partitionUuid, fileSystem: finished(root.fileSystem, root.fileSystem.use, data) },
        facts,
      },
      {
        partition: {
          ...{ role: 'root-verity', label, typeGuid, size: 'auto', uuid: uuidText(rootHash.slice(32)) },
          fileSystem: finished(root.fileSystem, 'dm-verity', hashes),
        },
        facts,
      },
    ],
  };
}

/** The file system as a file of whole blocks. */
async function makeData(target: string, fileSystem: FileSystem, tree: FileTree, facts: FileSystemFacts): Promise<void> {
  const sizeBytes = await fileSystem.size(tree, () => 0, facts);
  const region = { disk: target, startBytes: 0, sizeBytes: Math.ceil(sizeBytes / MiB) * MiB };
  const file = await open(target, 'wx');
  await file.truncate(region.sizeBytes).finally(() => file.close());
  await fileSystem.fill(region, tree, facts);
  await truncate(target, Math.ceil(sizeBytes / blockBytes) * blockBytes);
}

/** Gives the root hash. Everything that would be random follows from the key. */
async function makeHashes(data: string, target: string, { key, label, work }: FileSystemFacts): Promise<string> {
  const rootHash = join(work, 'verity-root-hash');
  await runTool('veritysetup', [
    'format',
    ...[`--data-block-size=${blockBytes}`, `--hash-block-size=${blockBytes}`, '--hash=sha256'],
    ...[`--salt=${key}`, `--uuid=${deriveUuid(key, 'verity', label)}`, `--root-hash-file=${rootHash}`],
    data,
    target,
  ]);
  const text = (await readFile(rootHash, 'utf8')).trim();
  if (!/^[0-9a-f]{64}$/.test(text)) throw new Error(`veritysetup gave ${JSON.stringify(text)} as the root hash`);
  return text;
}

/** What is in a file already. */
function finished(traits: FileSystem, use: string, image: string): Partition['fileSystem'] {
  return {
    ...traits,
    use,
    size: async () => (await stat(image)).size,
    fill: (region) => copyInto(region, image),
  };
}
