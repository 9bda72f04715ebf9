/** A definition that uses every part of `system`: what it says is what stands in the image, and it boots in each format. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Build } from '../../src/model/build.ts';
import { readInside, rootOf, statInside } from '../e2e/disk.ts';
import { buildDefinition, inImage, scratchFolder } from '../e2e/lab.ts';

const scratch = await scratchFolder();
afterAll(scratch.remove);

describe('examples/edge-gateway.yaml', () => {
  const output = join(scratch.path, 'out');
  const name = 'edge-gateway-1.2-x86_64';
  let build: Build;
  let root = '';

  beforeAll(async () => {
    // Compiled kernels are kernel.test.ts's and minimal.test.ts's; examples.test.ts builds this example as it stands.
    const example = await readFile('examples/edge-gateway.yaml', 'utf8');
    const definition = await scratch.write('edge-gateway.yaml', `${example}kernel: { source: package-cloud }\n`);
    build = await buildDefinition(definition, output);
    await inImage('image-packager', output, ['zstd', '-q', '-d', '--sparse', `/look/${name}.raw.zst`], 'rw');
    root = await rootOf(join(output, `${name}.raw`));
  });

  it('boots in each format', () => {
    expect(build.verdict?.bootable).toBe(true);
    const tried = build.artifacts.filter(({ verdict }) => verdict !== null);
    expect(tried.map(({ format }) => format).sort()).toEqual(['qcow2', 'raw.zst']);
    for (const { verdict } of tried) expect(verdict?.bootable).toBe(true);
  });

  it('makes a qcow2 that qemu-img finds in order, with the same content as the raw image', async () => {
    await inImage('image-packager', output, ['qemu-img', 'check', `/look/${name}.qcow2`]);
    await inImage('image-packager', output, ['qemu-img', 'compare', `/look/${name}.qcow2`, `/look/${name}.raw`]);
  });

  it('has the user, locked but for the key, and in sudo', async () => {
    expect(await readInside(root, '/etc/passwd')).toMatch(/^ops:x:1000:1000:[^:]*:\/home\/ops:\/bin\/bash$/m);
    expect(await readInside(root, '/etc/shadow')).toMatch(/^ops:[*!]/m);
    expect(await readInside(root, '/etc/group')).toMatch(/^sudo:x:\d+:ops$/m);
    expect(await readInside(root, '/home/ops/.ssh/authorized_keys')).toContain('ops@example');
    expect(await statInside(root, '/home/ops/.ssh/authorized_keys')).toMatch(/Mode:\s+0600[\s\S]*?User:\s+1000/);
    expect(await statInside(root, '/usr/bin/sudo')).toMatch(/Mode:\s+04755/);
  });

  it('has host name, time zone, locale, file and service', async () => {
    expect((await readInside(root, '/etc/hostname')).trim()).toBe('gw');
    expect(await statInside(root, '/etc/localtime')).toContain('zoneinfo/Europe/Berlin');
    expect(await readInside(root, '/etc/locale.conf')).toContain('LANG=en_US.UTF-8');
    expect(await readInside(root, '/etc/motd')).toBe('edge gateway 1.2');
    await statInside(root, '/etc/systemd/system/multi-user.target.wants/ssh.service');
  });

  it('keeps nothing that must differ between machines', async () => {
    expect((await readInside(root, '/etc/machine-id')).trim()).toBe('uninitialized');
    await expect(statInside(root, '/etc/ssh/ssh_host_ed25519_key')).rejects.toThrow('not in the image');
  });
});
