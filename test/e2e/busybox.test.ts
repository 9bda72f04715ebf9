/** An image of BusyBox: it comes up, is what its definition says, and each machine makes its own keys. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Build } from '../../src/model/build.ts';
import { readInside, rootOf, statInside } from './disk.ts';
import { bootGuest, type Guest } from './guest.ts';
import { buildDefinition, ldf, scratchFolder, stageImageId } from './lab.ts';

const scratch = await scratchFolder();
afterAll(scratch.remove);

// The hash is of the password "busybox".
const hash = '$6$ldfbusybox$306W45pYLaPCsO.IQB8DouCsff5LMuDXOCqQDUtFrpFXRiAJ2iN6cDd9YqVVWmZbalq16SjzRPRqYqanRFmik/';
const definition = `name: small
arch: x86_64
kernel: { source: package-cloud }
init: busybox
userland: { base: busybox, packages: [dropbear] }
security: hardening
system:
  hostname: small.example.org
  users:
    - { name: root, passwordHash: "${hash}" }
    - { name: ops, groups: [adm], passwordHash: "${hash}" }
  files:
    - { path: /home/ops/notes, content: "of ops\\n" }
    - { path: /srv/www/index.html, content: "<p>It runs.</p>\\n" }
    - path: /etc/init.d/web
      mode: "0755"
      content: |
        #!/bin/sh
        [ "$1" = start ] || exit 0
        exec start-stop-daemon -S -b -m -p /run/web.pid -x /usr/bin/httpd -- -f -h /srv/www
  perMachine:
    - { name: token, files: [{ path: /etc/token }], make: "cat /proc/sys/kernel/random/uuid >token" }
  services: { enable: [web] }
image:
  size: 512M
  partitions:
    - { role: esp }
    - { mount: / }
    - { mount: /var/log, size: 32M }
    - { swap: true, size: 16M }
`;

describe('userland.base: busybox', () => {
  const output = join(scratch.path, 'out');
  const disk = join(output, 'small-0.1-x86_64.raw');
  let build: Build;
  let guest: Guest;

  beforeAll(async () => {
    build = await buildDefinition(await scratch.write('small.yaml', definition), output);
    guest = await bootGuest({ disk, image: await stageImageId('boot-tester'), shell: 'sh' });
    await guest.logIn('root', 'busybox');
  });
  afterAll(() => guest?.stop());

  it('comes up, and its check is heard', async () => {
    expect(build.verdict).toMatchObject({ bootable: true });
    const { stdout } = await ldf(['logs', build.id, '--stage', 'boot']);
    expect(stdout).toContain('/ is ext4');
  });

  it('names every package in the SBOM, and has no other', async () => {
    const sbom = await readFile(join(output, 'small-0.1-x86_64.cdx.json'), 'utf8');
    const names = new Set([...sbom.matchAll(/"pkg:deb\/debian\/([^@"]+)@/g)].map(([, name = '']) => name));
    for (const name of ['busybox-static', 'udhcpc', 'dropbear-bin', 'libc6', 'libcrypt1', 'zlib1g'])
      expect(names).toContain(name);
    for (const name of ['bash', 'dpkg', 'apt', 'e2fsprogs', 'procps', 'systemd']) expect(names).not.toContain(name);
    for (const path of ['/usr/bin/dpkg', '/var/lib/dpkg/status', '/usr/share/man'])
      await expect(statInside(await rootOf(disk), path)).rejects.toThrow('not in the image');
    expect(await readInside(await rootOf(disk), '/usr/share/doc/busybox-static/copyright')).toContain('BusyBox');
  });

  it('has no keys in the image, and makes them at first boot', async () => {
    const key = '/etc/dropbear/dropbear_ed25519_host_key';
    for (const path of [key, '/etc/token'])
      await expect(statInside(await rootOf(disk), path)).rejects.toThrow('not in the image');
    expect(await guest.run(`stat -c %a:%U ${key} /etc/token`)).toBe('600:root\n600:root');
    expect(await guest.run(`dropbearkey -y -f ${key}`)).toContain('ssh-ed25519 ');
  });

  it('has every applet by its name, but no package manager', async () => {
    const missing = await guest.run('for name in $(busybox --list); do [ -e "/usr/bin/$name" ] || echo "$name"; done');
    expect(missing.split('\n')).toEqual(['dpkg', 'dpkg-deb', 'linuxrc', 'rpm', 'rpm2cpio']);
  });

  it('has its names, users, files and mounts', async () => {
    expect(await guest.run('hostname; hostname -f')).toBe('small.example.org\nsmall.example.org');
    expect(await guest.run('su - ops -c "id -un; groups; cat notes"')).toBe('ops\nops adm\nof ops');
    expect(await guest.run('stat -c %U:%a /home/ops /home/ops/notes /etc/shadow')).toBe('ops:700\nops:644\nroot:640');
    const mounts = await guest.run('cut -d " " -f 2-4 /proc/mounts');
    expect(mounts).toMatch(/^\/ ext4 rw,/m);
    expect(mounts).toMatch(/^\/efi vfat rw,/m);
    expect(mounts).toMatch(/^\/var\/log ext4 rw,/m);
    expect(await guest.run('tail -n +2 /proc/swaps')).toMatch(/^\/dev\/vda4/);
    expect(await guest.run('cat /proc/sys/kernel/kptr_restrict')).toBe('2');
  });

  it('has an address by DHCP, and its services run', async () => {
    await guest.run('until ip -4 addr show dev eth0 | grep -q inet; do sleep 1; done');
    expect(await guest.run('ip -4 addr show dev eth0')).toContain('10.0.2.15/24');
    expect(await guest.run('wget -q -O - http://127.0.0.1/')).toBe('<p>It runs.</p>');
    expect(await guest.run('nc -w 5 127.0.0.1 22 </dev/null | head -n 1')).toMatch(/^SSH-2\.0-dropbear/);
    expect(await guest.run('ls -1 /run/services')).toBe('failed\nstarted');
    expect(await guest.run('ls /run/services/failed')).toBe('');
  });

  it('stops its services before it is switched off', async () => {
    guest.type('poweroff');
    await guest.waitFor(/reboot: Power down/);
  });

  it('is small', async () => {
    const { blocks } = await stat(disk);
    console.log(`The image has ${Math.round((blocks * 512) / (1 << 20))} MiB on the disk.`);
    expect(blocks * 512).toBeLessThan(200 << 20);
  });
});
