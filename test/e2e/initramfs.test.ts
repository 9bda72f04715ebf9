/** An initramfs that dracut makes of the image's own packages and files: what it has, and what it is refused for. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readCpio } from './cpio.ts';
import { partitionsOf } from './disk.ts';
import { buildDefinition, inImage, ldf, scratchFolder } from './lab.ts';

const scratch = await scratchFolder();
afterAll(scratch.remove);
const image = 'early-0.1-x86_64.raw';

/** @param configuration dracut.conf(5) */
async function write(configuration: string): Promise<string> {
  const path = '/etc/dracut.conf.d/10-own.conf';
  const definition = {
    ...{ name: 'early', arch: 'x86_64', initramfs: 'dracut', kernel: { source: 'package-cloud' } },
    system: { files: [{ path, content: `${configuration}\n` }] },
  };
  return scratch.write('early.yaml', stringify(definition));
}

async function initramfsOf(output: string) {
  const esp = (await partitionsOf(join(output, image))).find(({ name }) => name === 'ESP');
  const disk = ['-i', `/look/${image}@@${esp?.offsetBytes}`];
  const listed = await inImage('image-packager', output, ['mdir', '-/', '-b', ...disk, '::/early']);
  const path = listed.split('\n').find((line) => line.endsWith('/initrd')) ?? '';
  await inImage('image-packager', output, ['mcopy', ...disk, path, '/look/initrd'], 'rw');
  await inImage('image-packager', output, ['zstd', '-q', '-d', '/look/initrd', '-o', '/look/initrd.cpio'], 'rw');
  return readCpio(await readFile(join(output, 'initrd.cpio')));
}

describe('initramfs: dracut', () => {
  it('mounts the root by systemd, and has what its configuration adds', async () => {
    const output = join(scratch.path, 'out');
    const built = await buildDefinition(await write('install_items+=" /etc/debian_version "'), output);
    expect(built).toMatchObject({ state: 'succeeded', verdict: { bootable: true }, error: null });
    expect(built.stages.map(({ name }) => name)).toContain('initramfs');
    const console = await readFile(join(output, `${image}.console.log`), 'utf8');
    expect(console).toContain('Running in initrd');
    expect(console).toMatch(/Reached target .*initrd-switch-root\.target/);
    const paths = (await initramfsOf(output)).map(({ path }) => path.replace(/^\.\//, ''));
    expect(paths).toEqual(expect.arrayContaining(['usr/lib/systemd/systemd', 'etc/debian_version']));
  });

  it('fails the build where a module of dracut that is asked for cannot be had, and names it', async () => {
    const definition = await write('add_dracutmodules+=" no-such-module "');
    const { exitCode, stderr, stdout } = await ldf(['build', '-f', definition, '--wait'], 1);
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toContain('/initramfs: dracut did not make it');
    expect(stdout + stderr).toContain('no-such-module');
  });
});
