/**
 * A kernel that is compiled, of a few hundred objects: components that ask for no more than that. No machine starts from
 * it; test/long/minimal.test.ts compiles one that does.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Build } from '../../src/model/build.ts';
import { resultOf } from '../fixtures/cli-result.ts';
import { readInside, rootOf } from './disk.ts';
import { serveFewComponents } from './few-kernel.ts';
import { buildDefinition, ldf, scratchFolder, smallSystem } from './lab.ts';

const scratch = await scratchFolder();
const port = 18_085;
const definition = `name: few
version: "1"
arch: x86_64
kernel:
  source: few
  patches: [{ file: described.patch }]
  config: { options: { CONFIG_CRC7: m } }
init: few
userland: { base: busybox }
filesystem: few
bootloader: few
`;

/** Of a file that has not changed in years. */
const patch = `--- a/lib/crc7.c
+++ b/lib/crc7.c
@@ -70,5 +70,5 @@
 }
 EXPORT_SYMBOL(crc7_be);
 
-MODULE_DESCRIPTION("CRC7 calculations");
+MODULE_DESCRIPTION("CRC7 calculations, patched");
 MODULE_LICENSE("GPL");
`;

const sumOf = ({ artifacts }: Build) => artifacts.find(({ format }) => format === 'raw')?.sha256;
const noBoot = { args: ['--no-boot'] };

let server: Awaited<ReturnType<typeof serveFewComponents>>;

beforeAll(async () => {
  server = await serveFewComponents(port);
});

afterAll(async () => {
  await server.end();
  await scratch.remove();
});

describe('a small kernel', () => {
  const output = join(scratch.path, 'out');
  let file = '';
  let build: Build;

  beforeAll(async () => {
    await scratch.write('described.patch', patch);
    file = await scratch.write('few.yaml', definition);
    build = await buildDefinition(file, output, noBoot);
  });

  it('is patched and compiled, and lies in the image with its modules', async () => {
    expect(build).toMatchObject({ state: 'succeeded', verdict: null, error: null });
    expect(build.stages.find(({ name }) => name === 'compile')?.state).toBe('succeeded');
    const lock = z
      .object({ kernel: z.object({ version: z.string() }) })
      .parse(JSON.parse(await readFile(join(scratch.path, 'few.lock'), 'utf8')));
    const root = await rootOf(join(output, 'few-1-x86_64.raw'));
    const release = lock.kernel.version.split('-')[0];
    expect(await readInside(root, `/usr/lib/modules/${release}/modules.dep`)).toContain('crc7.ko');
    expect(await readInside(root, `/usr/lib/modules/${release}/kernel/lib/crc7.ko`)).toContain('calculations, patched');
  });

  it('takes everything from the cache the second time, and gives the same image', async () => {
    const again = await buildDefinition(file, join(scratch.path, 'again'), noBoot);
    expect(again.stages.map(({ name, state }) => `${name} ${state}`)).toEqual(
      again.stages.map(({ name }) => `${name} ${name === 'boot' ? 'skipped' : 'cached'}`),
    );
    expect(again.artifacts.map(({ name, sha256 }) => [name, sha256])).toEqual(
      build.artifacts.map(({ name, sha256 }) => [name, sha256]),
    );
  });

  // That it is the first kernel again when the option is taken back: test/long/minimal.test.ts.
  it('compiles only what another option makes different', async () => {
    const other = await scratch.write(
      'other.yaml',
      definition.replace('CONFIG_CRC7: m', 'CONFIG_CRC7: m, CONFIG_CRC4: m'),
    );
    const changed = await buildDefinition(other, join(scratch.path, 'other'), noBoot);
    expect((await ldf(['logs', changed.id, '--stage', 'compile'])).stdout).toContain(
      'compiling only what the last kernel of this source did not have',
    );
    expect(sumOf(changed)).not.toBe(sumOf(build));
  });

  it('tells its configuration, and how that of another differs, without compiling', async () => {
    const Told = z.object({ cached: z.boolean(), config: z.string() });
    const told = Told.parse(resultOf((await ldf(['kconfig', file, '--json'])).stdout));
    expect(told.cached).toBe(true);
    expect(told.config).toContain('\nCONFIG_CRC7=m\n');
    const debian = await scratch.write(
      'debian.yaml',
      // What the small kernel leaves out, Debian's configuration cannot do without.
      JSON.stringify({
        ...smallSystem('few'),
        kernel: {
          source: 'debian',
          // Compiled by it is a kernel in test/long/toolchains.test.ts.
          toolchain: 'llvm',
          config: { base: 'debian', fragments: [{ name: 'less.config', content: '# CONFIG_BT is not set' }] },
        },
      }),
    );
    const { stdout } = await ldf(['kconfig', file, debian]);
    expect(stdout).toContain('\n  + CONFIG_BTRFS_FS m\n');
    expect(stdout).toContain('\n  + CONFIG_CC_IS_CLANG y\n');
    expect(stdout).not.toMatch(/ CONFIG_(BT|DEBUG_INFO_BTF) |TRUSTED_KEYS "[^"]/);
  });

  it('fails with the hunk of a patch that does not apply', async () => {
    await scratch.write('described.patch', patch.replace('-MODULE_DESCRIPTION("CRC7', '-MODULE_DESCRIPTION("CRC8'));
    const { stdout, stderr } = await ldf(['build', '-f', file, '--wait', '--no-boot'], 1);
    expect(stdout + stderr).toContain('described.patch does not apply');
    expect(stdout + stderr).toContain('lib/crc7.c, hunk 1, at line 70');
    await scratch.write('described.patch', patch);
  });
});
