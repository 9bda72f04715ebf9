/** The quickest way to an image: Debian's own kernel. Nothing is compiled, and it boots with an initramfs. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Build } from '../../src/model/build.ts';
import { partitionsOf, readInside, rootOf, statInside } from './disk.ts';
import { buildDefinition, inImage, ldf, scratchFolder } from './lab.ts';

const scratch = await scratchFolder();
afterAll(scratch.remove);

describe('examples/instant.yaml', () => {
  const output = join(scratch.path, 'out');
  const image = join(output, 'instant-0.1-x86_64.raw');
  let definition = '';
  let build: Build;
  let release = '';

  beforeAll(async () => {
    definition = await scratch.write('instant.yaml', await readFile('examples/instant.yaml', 'utf8'));
    build = await buildDefinition(definition, output);
    const lock = JSON.parse(await readFile(join(scratch.path, 'instant.lock'), 'utf8'));
    release = lock.kernel.sources[0].name.replace('linux-image-', '');
  });

  it('builds and boots', () => {
    expect(build).toMatchObject({ state: 'succeeded', verdict: { bootable: true }, error: null });
  });

  it('locks the kernel itself, not the package that depends on the newest', () => {
    expect(release).toMatch(/^6\.12\.\d+.*-amd64$/);
  });

  it('has the kernel and an initramfs on the ESP, and an entry that names both', async () => {
    const esp = (await partitionsOf(image)).find(({ name }) => name === 'ESP');
    const entry = await inImage('image-packager', output, [
      ...['mtype', '-i', `/look/instant-0.1-x86_64.raw@@${esp?.offsetBytes}`, '::/loader/entries/instant.conf'],
    ]);
    expect(entry).toContain(`linux      /instant/${release}/linux`);
    expect(entry).toContain(`initrd     /instant/${release}/initrd`);
  });

  it('has the modules, with what depmod finds out about them', async () => {
    const root = await rootOf(image);
    expect(await readInside(root, `/usr/lib/modules/${release}/modules.dep`)).toContain('/vfat.ko');
    expect(await statInside(root, `/usr/lib/modules/${release}/modules.dep.bin`)).toContain('Type: regular');
  });

  it('names the package of the kernel in the SBOM', async () => {
    const sbom = JSON.parse(await readFile(join(output, 'instant-0.1-x86_64.cdx.json'), 'utf8'));
    expect(sbom.components[0]).toMatchObject({ name: 'linux', components: [{ name: `linux-image-${release}` }] });
  });

  it('says which options of the definition the kernel does not have, and what to do (exit 1)', async () => {
    const text = await readFile(definition, 'utf8');
    const options = '{ CONFIG_EXT4_FS: y, CONFIG_SOUND: y, CONFIG_NO_SUCH_THING: m }';
    const wanting = await scratch.write('wanting.yaml', `${text}  config: { options: ${options} }\n`);
    const { exitCode, stdout, stderr } = await ldf(['build', '-f', wanting, '--wait'], 1);
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toContain('/kernel/config/options/CONFIG_SOUND');
    expect(stdout + stderr).toContain('/kernel/config/options/CONFIG_NO_SUCH_THING');
    expect(stdout + stderr).toContain('cannot be changed');
    expect(stdout + stderr).not.toContain('options/CONFIG_EXT4_FS');
  });
});
