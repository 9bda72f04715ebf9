/** An image with SELinux: it enforces from the first boot on, and nothing that a plain boot and a log-in do is denied. */
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemdCheckStrings } from '../../parts/checks/systemd/systemd.ts';
import { checkPorts } from '../../src/architecture.ts';
import { rootOf } from './disk.ts';
import { bootGuest, type Guest } from './guest.ts';
import { buildDefinition, ldf, scratchFolder, stageImageId } from './lab.ts';

const scratch = await scratchFolder();
const password = 'lovelace';

/** The hash is that of `openssl passwd -6 -salt ldfldfldf lovelace`. */
const definition = `name: guarded
arch: x86_64
kernel: { source: package-cloud }
security: [selinux, hardening]
userland: { packages: [openssh-server] }
system:
  users: [{ name: ada, passwordHash: "$6$ldfldfldf$6F/ogvMDLLf8Eada4ssrM8gNpv3.2DTsoSH7Cw4idpHrl6sJul0L86IagEgUanQXQppq5nUU2/rzc5xWO7TdQ.", sudo: true }]
  services: { enable: [ssh] }
`;

/** What the boot test hands to a guest; here nobody listens. */
const check = [
  ...['-chardev', 'null,id=check', '-device', 'isa-serial,chardev=check,index=1'],
  ...systemdCheckStrings([['getenforce']], checkPorts.x86_64).flatMap((string) => [
    '-smbios',
    `type=11,value=${string.replaceAll(',', ',,')}`,
  ]),
];
const network = ['-netdev', 'user,id=network,restrict=on', '-device', 'virtio-net-pci,netdev=network,romfile='];

describe('security: selinux', () => {
  const output = join(scratch.path, 'out');
  const disk = join(output, 'guarded-0.1-x86_64.raw');
  let guest: Guest;

  beforeAll(async () => {
    const file = await scratch.write('guarded.yaml', definition);
    await buildDefinition(file, output, { args: ['--no-boot'] });
    const image = await stageImageId('boot-tester');
    guest = await bootGuest({ disk, image, log: join(scratch.path, 'console.log'), devices: [...network, ...check] });
    await guest.logIn('ada', password);
    // What the kernel says on the console is no answer of a command.
    await guest.sudo('dmesg --console-off');
  });
  afterAll(async () => {
    await guest?.stop();
    await scratch.remove();
  });

  it.each([
    ['/', 'system_u:object_r:root_t:s0'],
    ['/lost+found', 'system_u:object_r:lost_found_t:s0'],
    ['/etc/shadow', 'system_u:object_r:shadow_t:s0'],
    ['/etc/fstab', 'system_u:object_r:etc_t:s0'],
    ['/usr/lib/modules', 'system_u:object_r:modules_object_t:s0'],
  ])('has the label of %s in the image', async (path, label) => {
    const { stdout } = await execa('/sbin/debugfs', ['-R', `ea_get ${path} security.selinux`, await rootOf(disk)]);
    expect(stdout).toContain(`"${label}\\000"`);
  });

  it('enforces, with no unit that failed', async () => {
    expect(await guest.sudo('getenforce')).toBe('Enforcing');
    expect(await guest.sudo('systemctl is-system-running --wait', { okCodes: [0, 1] })).toBe('running');
  });

  it('has heard the boot test, which looks in from outside', async () => {
    const shown = await guest.run('systemctl show --property=LoadState,Result,ExecMainStatus ldf-check.service');
    expect(shown.split('\n').sort()).toEqual(['ExecMainStatus=0', 'LoadState=loaded', 'Result=success']);
  });

  it('lets users log in on the console and by ssh, and become root', async () => {
    const context = 'unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023';
    expect(await guest.run('id -Z')).toBe(context);
    expect(await guest.sudo('id -u; id -Z')).toBe(`0\n${context}`);
    await guest.run(
      'ssh-keygen -q -t ed25519 -N "" -f ~/.ssh/id_ed25519 && cp ~/.ssh/id_ed25519.pub ~/.ssh/authorized_keys',
    );
    const ssh = 'ssh -o BatchMode=yes -o StrictHostKeyChecking=accept-new -o LogLevel=ERROR localhost';
    expect(await guest.run(`${ssh} id -Z`)).toBe(context);
  });

  it('has keys of its own with labels of theirs', async () => {
    expect(await guest.sudo('stat --format=%C /etc/ssh/ssh_host_ed25519_key')).toBe('system_u:object_r:sshd_key_t:s0');
  });

  it('has denied nothing of all that', async () => {
    expect(await guest.sudo('journalctl --boot --output=cat | grep -c "^Linux version"')).toBe('1');
    expect(await guest.sudo("journalctl --boot --output=cat | grep -E 'avc: +denied'", { okCodes: [1] })).toBe('');
  });

  it('is not there beside another framework that decides what programs may do', async () => {
    const wrong = await scratch.write('wrong.yaml', 'name: both\narch: x86_64\nsecurity: [selinux, apparmor]\n');
    const { stdout, stderr } = await ldf(['validate', '-f', wrong], 1);
    expect(stdout + stderr).toContain('/security/1');
    expect(stdout + stderr).toContain('security/apparmor');
  });
});
