import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { contentId, nameContent, vmdk } from './vmdk.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-vmdk-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A header, and a descriptor of two sectors behind it. */
async function image(cid: string): Promise<string> {
  const bytes = Buffer.alloc(3 * 512);
  bytes.write('KDMV', 'latin1');
  bytes.writeBigUInt64LE(1n, 28);
  bytes.writeBigUInt64LE(2n, 36);
  bytes.write(`# Disk DescriptorFile\nversion=1\nCID=${cid}\nparentCID=ffffffff\ncreateType="x"\n`, 512);
  const path = join(folder, `${cid}.vmdk`);
  await writeFile(path, bytes);
  return path;
}

test('its content has an identifier that follows from the key, however many digits the random one had', async () => {
  const id = contentId('ab'.repeat(32));
  expect(id).toMatch(/^[0-9a-f]{8}$/);
  expect(contentId('cd'.repeat(32))).not.toBe(id);
  const [long, short] = [await image('d9b57733'), await image('77')];
  for (const path of [long, short]) await nameContent(path, id);
  expect((await readFile(long)).equals(await readFile(short))).toBe(true);
  expect((await readFile(long)).toString('latin1')).toContain(`\nCID=${id}\nparentCID=ffffffff\n`);
});

test('what is no VMDK, or has no identifier, is not written to', async () => {
  const path = join(folder, 'x');
  await writeFile(path, Buffer.alloc(1024));
  await expect(nameContent(path, '00000001')).rejects.toThrow(/does not start with the header/);
  await expect(image('not hexadecimal').then((other) => nameContent(other, '00000001'))).rejects.toThrow(/has no CID/);
});

test('the adapter is one that the format knows', () => {
  expect(vmdk.make({})()).toMatchObject({ extension: 'vmdk', qemu: { driver: 'vmdk' }, bootable: true });
  expect(() => vmdk.make({ adapter: 'nvme' })).toThrow(/adapter/);
});
