/** A small kernel, compiled for the other architecture, with LLVM, and with modules that a key of the installation has signed. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rootOf } from '../e2e/disk.ts';
import { serveFewComponents } from '../e2e/few-kernel.ts';
import { buildDefinition, ldf, scratchFolder } from '../e2e/lab.ts';

const scratch = await scratchFolder();
const port = 18_086;
let server: Awaited<ReturnType<typeof serveFewComponents>>;

beforeAll(async () => {
  server = await serveFewComponents(port);
});
afterAll(async () => {
  await server.end();
  await scratch.remove();
});

/** Builds it, and gives a module and the configuration of its kernel. */
async function build(name: string, more: object, kernel: object = {}): Promise<{ module: Buffer; config: string }> {
  const definition = {
    ...{ name, version: '1', arch: 'x86_64', ...more },
    kernel: { source: 'few', config: { options: { CONFIG_CRC7: 'm' } }, ...kernel },
    ...{ init: 'few', userland: { base: 'busybox' }, filesystem: 'few', bootloader: 'few' },
  };
  const output = join(scratch.path, name);
  const built = await buildDefinition(await scratch.write(`${name}.json`, JSON.stringify(definition)), output, {
    args: ['--no-boot'],
  });
  const root = await rootOf(join(output, `${name}-1-${definition.arch}.raw`));
  const list = await execa('/sbin/debugfs', ['-R', 'ls -p /usr/lib/modules', root]);
  const release = /\/(\d+\.\d+[^/]*)\//.exec(list.stdout)?.[1] ?? '';
  const module = join(output, 'crc7.ko');
  await execa('/sbin/debugfs', ['-R', `dump /usr/lib/modules/${release}/kernel/lib/crc7.ko ${module}`, root]);
  return { module: await readFile(module), config: (await ldf(['kconfig', built.id])).stdout };
}

/** `e_machine` of elf(5). */
const machineOf = (elf: Buffer) => elf.readUInt16LE(18);

describe('a kernel', () => {
  it('is compiled for the other architecture by GCC', async () => {
    const { module, config } = await build('crossed', { arch: 'aarch64' });
    expect(machineOf(module)).toBe(183);
    expect(config).toContain('CONFIG_CC_IS_GCC=y');
  });

  it('is compiled by LLVM, without a tool of GNU’s', async () => {
    const { module, config } = await build('clang', {}, { toolchain: 'llvm' });
    expect(machineOf(module)).toBe(62);
    expect(config).toContain('CONFIG_CC_IS_CLANG=y');
    expect(config).toContain('CONFIG_LD_IS_LLD=y');
  });

  it('has signed modules, the same bytes each time', async () => {
    await ldf(['keys', 'create', 'modules']);
    const signing = { signing: { modules: 'modules' } };
    const { module, config } = await build('signed', signing);
    expect(config).toContain('CONFIG_MODULE_SIG=y');
    expect(module.subarray(-28).toString('latin1')).toBe('~Module signature appended~\n');
    await ldf(['verify', 'signed']);
  });
});
