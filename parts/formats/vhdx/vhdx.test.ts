import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { guidBytes } from '../header.ts';
import { crc32c } from './crc32c.ts';
import { identify } from './identify.ts';
import { vhdx } from './vhdx.ts';

const KiB = 1024;
const key = 'ab'.repeat(32);
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-vhdx-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Two headers, a log of 64 KiB at 1 MiB, and a metadata region at 2 MiB; whatever is random has the byte `random`. */
async function image(random: number): Promise<string> {
  const bytes = Buffer.alloc(3072 * KiB);
  bytes.write('vhdxfile', 'latin1');
  for (const start of [64 * KiB, 128 * KiB]) {
    bytes.write('head', start, 'latin1');
    bytes.fill(random, start + 4, start + 64);
    bytes.writeUInt32LE(64 * KiB, start + 68);
    bytes.writeBigUInt64LE(BigInt(1024 * KiB), start + 72);
  }
  bytes.write('regi', 192 * KiB, 'latin1');
  bytes.writeUInt32LE(2, 192 * KiB + 8);
  guidBytes('2dc27766-f623-4200-9d64-115e9bfd4a08').copy(bytes, 192 * KiB + 16);
  guidBytes('8b7ca206-4790-4b9a-b8fe-575f050f886e').copy(bytes, 192 * KiB + 48);
  bytes.writeBigUInt64LE(BigInt(2048 * KiB), 192 * KiB + 64);
  bytes.fill(random, 1024 * KiB, 1024 * KiB + 5000);
  bytes.write('metadata', 2048 * KiB, 'latin1');
  bytes.writeUInt16LE(1, 2048 * KiB + 10);
  guidBytes('beca12ab-b2e6-4523-93ef-c309e000c746').copy(bytes, 2048 * KiB + 32);
  bytes.writeUInt32LE(64 * KiB, 2048 * KiB + 48);
  bytes.fill(random, 2112 * KiB, 2112 * KiB + 16);
  const path = join(folder, `${random}.vhdx`);
  await writeFile(path, bytes);
  return path;
}

test('everything random in it follows from the key, and the log is empty', async () => {
  const [one, two] = [await image(1), await image(200)];
  for (const path of [one, two]) await identify(path, key);
  const bytes = await readFile(one);
  expect(bytes.equals(await readFile(two))).toBe(true);
  expect(bytes.subarray(1024 * KiB, 1088 * KiB).every((byte) => byte === 0)).toBe(true);
  const other = await image(1);
  await identify(other, 'cd'.repeat(32));
  expect(bytes.equals(await readFile(other))).toBe(false);
});

test('the headers say that nothing is in the log, with the checksum that readers ask for', async () => {
  const path = await image(7);
  await identify(path, key);
  const bytes = await readFile(path);
  for (const [index, start] of [64 * KiB, 128 * KiB].entries()) {
    const header = Buffer.from(bytes.subarray(start, start + 4 * KiB));
    expect(header.readBigUInt64LE(8)).toBe(BigInt(index + 1));
    expect(header.subarray(48, 64).every((byte) => byte === 0)).toBe(true);
    const checksum = header.readUInt32LE(4);
    header.writeUInt32LE(0, 4);
    expect(crc32c(header)).toBe(checksum);
  }
});

test('the checksum is CRC-32C', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
});

test('what is no VHDX is refused; a machine can start from one', async () => {
  const path = join(folder, 'x');
  await writeFile(path, Buffer.alloc(300 * KiB));
  await expect(identify(path, key)).rejects.toThrow(/where head should stand/);
  expect(vhdx.make({})()).toMatchObject({ extension: 'vhdx', qemu: { driver: 'vhdx' }, bootable: true });
});
