/** Every format of an image, as other people's tools find it. That disks of these formats boot is the boot stage's: readme.test.ts. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Build } from '../../src/model/build.ts';
import { buildDefinition, inImage, scratchFolder } from '../e2e/lab.ts';

const scratch = await scratchFolder();
afterAll(scratch.remove);

const formats = [
  'raw',
  ...['qcow2', '{ format: qcow2, compress: zstd }'],
  ...['vmdk', 'vhdx', 'vhd', 'tar', '{ format: tar, compress: gzip }', 'oci'],
];

describe('the formats of one image', () => {
  const output = join(scratch.path, 'out');
  const file = (ending: string) => `instant-0.1-x86_64.${ending}`;
  const packager = (...command: string[]) => inImage('image-packager', output, command);
  let build: Build;

  beforeAll(async () => {
    const example = await readFile('examples/instant.yaml', 'utf8');
    const definition = await scratch.write('formats.yaml', `${example}image: { formats: [${formats.join(', ')}] }\n`);
    build = await buildDefinition(definition, output, { args: ['--no-boot'] });
  });

  it('are all there, with their sums', async () => {
    expect(build).toMatchObject({ state: 'succeeded', error: null });
    const names = build.artifacts.filter(({ kind }) => kind === 'image').map(({ name }) => name);
    const endings = ['raw', 'qcow2', 'qcow2.zst', 'vmdk', 'vhdx', 'vhd', 'tar', 'tar.gz', 'oci.tar'];
    expect(names.sort()).toEqual(endings.map(file).sort());
    await execa('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: output });
  });

  it.each(['qcow2', 'vmdk', 'vhdx', 'vhd'])('%s holds the disk, and qemu-img finds it in order', async (ending) => {
    const name = ending === 'vhd' ? 'vpc' : ending;
    expect(
      await packager('qemu-img', 'compare', '-f', 'raw', '-F', name, `/look/${file('raw')}`, `/look/${file(ending)}`),
    ).toContain('identical');
    // There is no check of VHDs.
    if (ending !== 'vhd') await packager('qemu-img', 'check', '-f', name, `/look/${file(ending)}`);
  });

  it('tar holds the files of the root file system, and its compressed twin the same bytes', async () => {
    const { stdout } = await execa('tar', ['--list', '--verbose', '--file', join(output, file('tar'))], {
      maxBuffer: 64 << 20,
    });
    expect(stdout).toMatch(/^-rwsr-xr-x .* (\.\/)?usr\/bin\/passwd$/m);
    const { stdout: unpacked } = await execa('gzip', ['--decompress', '--stdout', join(output, file('tar.gz'))], {
      encoding: 'buffer',
      maxBuffer: 1 << 30,
    });
    const sum = createHash('sha256').update(unpacked).digest('hex');
    expect(sum).toBe(build.artifacts.find(({ name }) => name === file('tar'))?.sha256);
  });

  it('oci is an image that Docker loads, and whose init runs', async () => {
    const { stdout } = await execa('docker', ['load', '--quiet', '--input', join(output, file('oci.tar'))]);
    const id = /^Loaded image(?: ID)?: (\S+)$/m.exec(stdout)?.[1] ?? '';
    const init = ['--entrypoint', '/bin/sh', id, '-c', '/usr/lib/systemd/systemd --version'];
    try {
      const ran = await execa('docker', ['run', '--rm', '--network', 'none', ...init]);
      expect(ran.stdout).toMatch(/^systemd \d+/);
    } finally {
      await execa('docker', ['rmi', id]);
    }
  });
});
