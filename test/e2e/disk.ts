/** Looking into a disk image from outside, with tools that had no part in making it. */
import { execa } from 'execa';
import * as z from 'zod';

const sectorBytes = 512;

const Table = z.object({
  partitiontable: z.object({
    label: z.string(),
    partitions: z.array(
      z.object({ start: z.number(), size: z.number(), type: z.string(), uuid: z.string(), name: z.string() }),
    ),
  }),
});

/** A partition of a raw image: where it begins and how long it is, in bytes. */
export interface Partition {
  name: string;
  type: string;
  /** Its unique GUID. */
  uuid: string;
  offsetBytes: number;
  sizeBytes: number;
}

/** The GPT of an image, as sfdisk(8) reads it. */
export async function partitionsOf(image: string): Promise<Partition[]> {
  const { stdout } = await execa('/sbin/sfdisk', ['--json', image]);
  const { partitiontable } = Table.parse(JSON.parse(stdout));
  if (partitiontable.label !== 'gpt') throw new Error(`the partition table is ${partitiontable.label}`);
  return partitiontable.partitions.map(({ name, type, uuid, start, size }) => ({
    name,
    type,
    uuid,
    offsetBytes: start * sectorBytes,
    sizeBytes: size * sectorBytes,
  }));
}

/** The ext4 file system of an image's root partition, for e2fsprogs: `image?offset=bytes`. */
export async function rootOf(image: string): Promise<string> {
  const root = (await partitionsOf(image)).find(({ name }) => name === 'root');
  if (!root) throw new Error('the image has no root partition');
  return `${image}?offset=${root.offsetBytes}`;
}

/** What the root partition of an image holds, as blkid(8) calls it: `ext4`. */
export async function fileSystemOf(image: string): Promise<string> {
  const root = (await partitionsOf(image)).find(({ name }) => name === 'root');
  if (!root) throw new Error('the image has no root partition');
  const probe = ['--probe', '--offset', String(root.offsetBytes), '--match-tag', 'TYPE', '--output', 'value'];
  return (await execa('/sbin/blkid', [...probe, image])).stdout.trim();
}

/** A file's text inside the root file system. */
export async function readInside(root: string, path: string): Promise<string> {
  const { stdout, stderr } = await execa('/sbin/debugfs', ['-R', `cat ${path}`, root]);
  if (stderr.includes('File not found')) throw new Error(`${path} is not in the image`);
  return stdout;
}

/** debugfs(8) `stat`: type, mode, owner, and where a symbolic link goes. */
export async function statInside(root: string, path: string): Promise<string> {
  const { stdout, stderr } = await execa('/sbin/debugfs', ['-R', `stat ${path}`, root]);
  if (stderr.includes('File not found')) throw new Error(`${path} is not in the image`);
  return stdout;
}
