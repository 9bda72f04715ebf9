import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { derivedBytes } from '../header.ts';
import { footerChecksum, identifiedFooter, identify, vhd } from './vhd.ts';

function footer(random: number): Buffer {
  const bytes = Buffer.alloc(512);
  bytes.write('conectix', 'latin1');
  bytes.fill(random, 24, 28);
  bytes.fill(random, 64, 84);
  return bytes;
}
const uuid = derivedBytes('ab'.repeat(32), 'vhd-disk');

test('time and UUID follow from the build, and the checksum from them', () => {
  const named = identifiedFooter(footer(1), uuid, 1_750_000_000);
  expect(named.equals(identifiedFooter(footer(200), uuid, 1_750_000_000))).toBe(true);
  expect(named.readUInt32BE(24)).toBe(1_750_000_000 - Date.UTC(2000, 0, 1) / 1000);
  expect(named.subarray(68, 84).equals(uuid)).toBe(true);
  // "the one's complement of the sum of all the bytes in the footer without the checksum field"
  const sum = [...named.subarray(0, 64), ...named.subarray(68)].reduce((total, byte) => total + byte, 0);
  expect(named.readUInt32BE(64) + sum).toBe(0xffffffff);
  expect(footerChecksum(named)).toBe(named.readUInt32BE(64));
});

test('both footers are the same; what has none is no VHD', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ldf-vhd-'));
  try {
    const path = join(folder, 'x.vhd');
    await writeFile(path, Buffer.concat([footer(3), Buffer.alloc(1024), footer(3)]));
    await identify(path, uuid, 1_750_000_000);
    const bytes = await readFile(path);
    expect(bytes.subarray(0, 512).equals(bytes.subarray(-512))).toBe(true);
    await writeFile(path, Buffer.alloc(1024));
    await expect(identify(path, uuid, 0)).rejects.toThrow(/no footer/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a machine can start from it', () => {
  expect(vhd.make({})()).toMatchObject({ extension: 'vhd', disk: 'whole', qemu: { driver: 'vpc' } });
});
