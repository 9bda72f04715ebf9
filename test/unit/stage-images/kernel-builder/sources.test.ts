import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pipeTools, ToolError } from '../../../../stage-images/contract/tool.ts';
import { forbiddenSettings } from '../../../../stage-images/kernel-builder/fixed-options.ts';
import { verifiedPackage } from '../../../../stage-images/kernel-builder/verified-package.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-kernel-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('the source package', () => {
  const content = 'a package';
  const source = {
    name: 'linux-source-6.12',
    version: '6.12.57-1',
    arch: 'all',
    filename: 'linux-source-6.12_6.12.57-1_all.deb',
    sha256: createHash('sha256').update(content).digest('hex'),
    sizeBytes: content.length,
  };
  const store = async (text: string) => {
    await mkdir(join(folder, 'sha256'));
    await writeFile(join(folder, 'sha256', source.sha256), text);
  };

  test('is found by its hash', async () => {
    await store(content);
    const other = { ...source, name: 'gcc-14' };
    expect(await verifiedPackage([other, source], 'linux-source-', folder)).toMatchObject({
      path: join(folder, 'sha256', source.sha256),
    });
  });

  test('is refused when its content is not what the lock names', async () => {
    await store('another');
    await expect(verifiedPackage([source], 'linux-source-', folder)).rejects.toMatchObject({
      error: { code: 'source.hash-mismatch', message: expect.stringContaining(source.filename) },
    });
  });

  test('is missed when it is not in the store', async () => {
    await expect(verifiedPackage([source], 'linux-source-', folder)).rejects.toThrow(/found nothing/);
  });

  test('must be one', async () => {
    await expect(verifiedPackage([], 'linux-source-', folder)).rejects.toThrow(/names none/);
    await expect(verifiedPackage([source, source], 'linux-source-', folder)).rejects.toThrow(/names 2/);
  });
});

describe('settings that cannot be built', () => {
  const forbidden = async (settings: Record<string, string>) =>
    (await forbiddenSettings(new Map(Object.entries(settings)), folder)).map(({ pointer }) => pointer);

  test('signing without a key, and files that are not part of the source', async () => {
    expect(
      await forbidden({
        CONFIG_MODULE_SIG_ALL: 'y',
        CONFIG_SYSTEM_TRUSTED_KEYS: '"debian/certs.pem"',
        CONFIG_EXTRA_FIRMWARE: '"a.bin b.bin"',
      }),
    ).toEqual([
      '/kernel/config/options/CONFIG_MODULE_SIG_ALL',
      '/kernel/config/options/CONFIG_SYSTEM_TRUSTED_KEYS',
      '/kernel/config/options/CONFIG_EXTRA_FIRMWARE',
      '/kernel/config/options/CONFIG_EXTRA_FIRMWARE',
    ]);
  });

  test('empty texts and files of the source are fine', async () => {
    await writeFile(join(folder, 'root.cpio'), '');
    expect(
      await forbidden({
        CONFIG_MODULE_SIG: 'y',
        CONFIG_MODULE_SIG_KEY: '""',
        CONFIG_INITRAMFS_SOURCE: '"root.cpio"',
        CONFIG_EXTRA_FIRMWARE: '""',
      }),
    ).toEqual([]);
  });
});

describe('tools in a pipeline', () => {
  test('pass on all bytes and count them', async () => {
    const input = join(folder, 'input');
    const output = join(folder, 'output');
    await writeFile(input, 'x'.repeat(300_000));
    let counted = 0;
    await pipeTools([['cat', input], ['cat'], ['tee', output]], {
      onBytes: (total) => {
        counted = total;
      },
    });
    expect(counted).toBe(300_000);
    expect(await readFile(output, 'utf8')).toHaveLength(300_000);
  });

  test('may end before they have read all', async () => {
    for (let run = 0; run < 10; run++) await pipeTools([['printf', 'x'], ['true']]);
  });

  test('fail when any of them fails, first, in the middle or last', async () => {
    const missing = join(folder, 'missing');
    await expect(pipeTools([['cat', missing], ['cat']])).rejects.toThrow(/^cat exited with 1\n.*missing/);
    await expect(pipeTools([['cat', '/dev/null'], ['false'], ['cat']])).rejects.toThrow('false exited with 1');
    const endless = pipeTools([['cat', '/dev/zero'], ['false']]);
    await expect(endless).rejects.toBeInstanceOf(ToolError);
    await expect(endless).rejects.toThrow('false exited with 1');
  });
});
