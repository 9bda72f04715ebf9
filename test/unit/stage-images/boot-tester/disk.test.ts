import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { asDisk } from '../../../../stage-images/boot-tester/disk.ts';
import { runTool } from '../../../../stage-images/contract/tool.ts';

test('QEMU reads an image by the driver that its format names, whatever that is', async () => {
  const disk = await asDisk({ driver: 'vmdk', packed: null }, '/in/x.vmdk', '/none');
  expect(disk).toEqual({ path: '/in/x.vmdk', driver: 'vmdk' });
  const cd = await asDisk({ driver: 'raw', packed: null }, '/in/x.cd', '/none', 'cdrom');
  expect(cd).toEqual({ path: '/in/x.cd', driver: 'raw', seenAs: 'cdrom' });
});

test('one that is compressed is unpacked first', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ldf-disk-'));
  try {
    await writeFile(join(folder, 'x'), 'boot sector');
    await runTool('zstd', ['--quiet', '-o', join(folder, 'x.zst'), join(folder, 'x')]);
    const disk = await asDisk({ driver: 'raw', packed: 'zstd' }, join(folder, 'x.zst'), folder);
    expect(disk.driver).toBe('raw');
    expect(await readFile(disk.path, 'utf8')).toBe('boot sector');
  } finally {
    await rm(folder, { recursive: true });
  }
});
