/** An image with OpenRC: it comes up without systemd, and each machine makes its own keys. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Build } from '../../src/model/build.ts';
import { readInside, rootOf, statInside } from './disk.ts';
import { buildDefinition, ldf, scratchFolder } from './lab.ts';

const scratch = await scratchFolder();
afterAll(scratch.remove);

const definition = `name: plain
arch: x86_64
kernel: { source: package-cloud }
init: openrc
userland: { packages: [openssh-server] }
system: { services: { enable: [ssh] } }
`;

describe('init: openrc', () => {
  const output = join(scratch.path, 'out');
  let build: Build;

  beforeAll(async () => {
    build = await buildDefinition(await scratch.write('plain.yaml', definition), output);
  });

  it('comes up, and its check is heard', async () => {
    expect(build.verdict).toMatchObject({ bootable: true });
    const { stdout } = await ldf(['logs', build.id, '--stage', 'boot']);
    expect(stdout).toContain('/ is ext4');
  });

  it('has no systemd', async () => {
    const sbom = await readFile(join(output, 'plain-0.1-x86_64.cdx.json'), 'utf8');
    const names = new Set([...sbom.matchAll(/"pkg:deb\/debian\/([^@"]+)@/g)].map(([, name = '']) => name));
    expect(names).toContain('openrc');
    // The boot loader, and what udev wants of systemd beside its library.
    expect([...names].filter((name) => /^(systemd(-|$)|libpam-systemd$)/.test(name)).sort()).toEqual([
      'systemd-boot-efi',
      'systemd-standalone-sysusers',
      'systemd-standalone-tmpfiles',
    ]);
    const root = await rootOf(join(output, 'plain-0.1-x86_64.raw'));
    await expect(statInside(root, '/usr/lib/systemd/systemd')).rejects.toThrow('not in the image');
  });

  it('has its services in their runlevel, and no keys', async () => {
    const root = await rootOf(join(output, 'plain-0.1-x86_64.raw'));
    for (const service of ['ssh', 'dhcpcd', 'boot-check']) await statInside(root, `/etc/runlevels/default/${service}`);
    expect(await readInside(root, '/etc/init.d/ldf-first-boot-openssh-ed25519')).toContain('openrc-run');
    for (const path of ['/etc/machine-id', '/etc/ssh/ssh_host_ed25519_key'])
      await expect(statInside(root, path)).rejects.toThrow('not in the image');
  });

  it('knows services by names that work with either init', async () => {
    const wrong = await scratch.write('wrong.yaml', definition.replace('[ssh]', '[ssh.service]'));
    const { stdout, stderr } = await ldf(['build', '-f', wrong, '--wait', '--no-boot'], 1);
    expect(stdout + stderr).toContain('ssh.service is a unit of systemd');
    expect(stdout + stderr).toContain('Write ssh.');
  });
});
