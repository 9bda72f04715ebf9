/** Two first boots of one image make different keys and identities, none of them is in the image, and it is reproducible. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Build } from '../../src/model/build.ts';
import { rootOf, statInside } from '../e2e/disk.ts';
import { bootGuest } from '../e2e/guest.ts';
import { buildDefinition, ldf, scratchFolder, stageImageId } from '../e2e/lab.ts';

const scratch = await scratchFolder();
afterAll(scratch.remove);

const password = 'Seed-5faa';
const definition = `name: first
arch: x86_64
kernel: { source: package }
userland: { packages: [dropbear, munge, nvme-cli, open-iscsi, popularity-contest] }
system:
  users:
    - name: tester
      sudo: true
      passwordHash: "$6$ldfsalt$5doCHIhLjTRXD.l73deWbJTJmj8TIKrXcWV11mmadlSdLSZ4Lzj66CxXp1FbP30DRk1BN1o6hEyqFC5ncJkZH/"
  perMachine:
    - name: acme
      files: [{ path: /etc/acme/node-id, owner: tester, mode: "0440" }]
      make: cat /proc/sys/kernel/random/uuid > node-id
`;

/** With owner, group and mode. */
const files = [
  'root:root 600 /etc/dropbear/dropbear_rsa_host_key',
  'root:root 600 /etc/dropbear/dropbear_ed25519_host_key',
  'munge:munge 600 /etc/munge/munge.key',
  'root:root 644 /etc/nvme/hostnqn',
  'root:root 644 /etc/nvme/hostid',
  'root:root 600 /etc/iscsi/initiatorname.iscsi',
  'root:root 644 /etc/popularity-contest.conf',
  'tester:root 440 /etc/acme/node-id',
];
const paths = files.map((line) => line.split(' ')[2] ?? '');

describe('what each machine makes for itself', () => {
  const output = join(scratch.path, 'out');
  const image = join(output, 'first-0.1-x86_64.raw');
  let build: Build;

  beforeAll(async () => {
    const file = await scratch.write('first.yaml', definition);
    build = await buildDefinition(file, output, { args: ['--no-boot'] });
  });

  it('is not in the image', async () => {
    const root = await rootOf(image);
    for (const path of paths) await expect(statInside(root, path)).rejects.toThrow('is not in the image');
  });

  it('differs from boot to boot of the untouched image, with the owners and modes that the packages give', async () => {
    const [one, other] = await Promise.all([firstBoot(image), firstBoot(image)]);
    for (const made of [one, other]) {
      expect(made.stat).toEqual(files);
      expect(made.active).toEqual(['active', 'active', 'active']);
      expect(made.failed).toBe('');
    }
    expect(one.hashes).toHaveLength(files.length);
    for (const [index, hash] of one.hashes.entries()) expect([paths[index], other.hashes[index]]).not.toContain(hash);
  });

  it('leaves the image reproducible', async () => {
    expect((await ldf(['verify', build.id])).exitCode).toBe(0);
  });
});

async function firstBoot(disk: string) {
  const guest = await bootGuest({ disk, image: await stageImageId('boot-tester') });
  try {
    await guest.logIn('tester', password);
    const lines = async (command: string) => (await guest.sudo(command)).split('\n');
    return {
      hashes: (await lines(`sha256sum ${paths.join(' ')}`)).map((line) => line.split(' ')[0] ?? ''),
      stat: await lines(`stat -c '%U:%G %a %n' ${paths.join(' ')}`),
      active: await lines('systemctl is-active dropbear munge iscsid.socket'),
      failed: await guest.run('systemctl --failed --plain --no-legend'),
    };
  } finally {
    await guest.stop();
  }
}
