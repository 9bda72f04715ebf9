/**
 * What must not be the same on two machines made from one image: packages generate it when they are installed, so it is
 * taken out, and a unit makes it anew at first boot (machine-id(5), "First Boot Semantics").
 */
import { readdir } from 'node:fs/promises';
import type { RootFs } from './root-fs.ts';

interface Secret {
  /** The program that uses it; without it there is nothing to do. */
  usedBy: string;
  /** Files to take out: a folder and a pattern of names. */
  files: readonly [folder: string, name: RegExp][];
  /** The unit that makes it; `text` when the release has none of that name. */
  unit: string;
  text: string;
}

const secrets: readonly Secret[] = [
  {
    usedBy: '/usr/sbin/sshd',
    files: [['/etc/ssh', /^ssh_host_.*_key(\.pub)?$/]],
    // trixie's openssh-server has it; releases before make keys only on installation.
    unit: 'sshd-keygen.service',
    text: `[Unit]
Description=Generate SSH host keys
ConditionFirstBoot=yes
Before=ssh.service ssh.socket

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/bin/ssh-keygen -A

[Install]
WantedBy=ssh.service ssh.socket
`,
  },
  {
    usedBy: '/usr/sbin/make-ssl-cert',
    files: [
      ['/etc/ssl/certs', /^ssl-cert-snakeoil\.pem$/],
      ['/etc/ssl/private', /^ssl-cert-snakeoil\.key$/],
    ],
    unit: 'ldf-snakeoil-certificate.service',
    text: `[Unit]
Description=Generate the self-signed default certificate
ConditionPathExists=!/etc/ssl/private/ssl-cert-snakeoil.key
DefaultDependencies=no
After=local-fs.target systemd-tmpfiles-setup.service
Before=basic.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/make-ssl-cert generate-default-snakeoil --force-overwrite

[Install]
WantedBy=basic.target
`,
  },
];

/** Takes each secret out and has its unit make it at first boot. For systemd. */
export async function deferSecrets(root: RootFs): Promise<void> {
  for (const { usedBy, files, unit, text } of secrets) {
    if (!(await root.exists(usedBy))) continue;
    for (const [folder, name] of files) await removeMatching(root, folder, name);
    if (!(await root.exists(`/usr/lib/systemd/system/${unit}`))) await root.write(`/etc/systemd/system/${unit}`, text);
    await root.run('systemctl', ['enable', unit]);
  }
  await removeDanglingCertificateLinks(root);
}

async function removeMatching(root: RootFs, folder: string, name: RegExp): Promise<void> {
  const real = await root.follow(folder);
  for (const entry of real ? await readdir(real) : []) if (name.test(entry)) await root.remove(`${folder}/${entry}`);
}

/** openssl-rehash(1) links each certificate under the hash of its subject, which names the machine that built it. */
async function removeDanglingCertificateLinks(root: RootFs): Promise<void> {
  const folder = '/etc/ssl/certs';
  const real = await root.follow(folder);
  for (const entry of real ? await readdir(real) : [])
    if (/^[0-9a-f]{8}\.[0-9]+$/.test(entry) && !(await root.exists(`${folder}/${entry}`)))
      await root.remove(`${folder}/${entry}`);
}
