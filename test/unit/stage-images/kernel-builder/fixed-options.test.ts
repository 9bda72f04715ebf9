import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pipeTools, ToolError } from '../../../../stage-images/contract/tool.ts';
import { forbiddenSettings } from '../../../../stage-images/kernel-builder/fixed-options.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-kernel-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('settings that cannot be built', () => {
  const forbidden = async (settings: Record<string, string>, key = {}) =>
    (await forbiddenSettings(new Map(Object.entries(settings)), folder, key)).map(({ pointer }) => pointer);

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

  test('with a key, modules may have to be signed, by the certificate that compile brings', async () => {
    const settings = {
      CONFIG_MODULE_SIG_FORCE: 'y',
      CONFIG_SYSTEM_TRUSTED_KEYS: '"certs/ldf-modules.pem"',
      CONFIG_SYSTEM_REVOCATION_KEYS: '"certs/revoked.pem"',
    };
    expect(await forbidden(settings, { signedModules: true })).toEqual([
      '/kernel/config/options/CONFIG_SYSTEM_REVOCATION_KEYS',
    ]);
    expect(await forbidden(settings)).toHaveLength(3);
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
