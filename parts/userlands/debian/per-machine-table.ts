/**
 * What Debian's packages are known to generate when they are installed, and must not be the same on two machines. Each
 * entry has the form of `system.perMachine` (docs/first-boot.md); only files that a package really made are deferred. The
 * commands are those of the packages' own postinst scripts. What fails in a $(...) is noticed only in an assignment.
 */
import type { PerMachine } from '../../../src/definition/per-machine.ts';

type File = PerMachine['files'][number];

const file = (path: string, ...values: File['values']): File => ({ path, values });

/** The keys that sshd and dropbear make by default. Each type is an entry: one that is removed is no reason to change all. */
const hostKeyTypes = ['rsa', 'ecdsa', 'ed25519'] as const;

const opensshKeys = hostKeyTypes.map((type): PerMachine => {
  const name = `ssh_host_${type}_key`;
  return {
    name: `openssh-${type}`,
    files: [file(`/etc/ssh/${name}`), file(`/etc/ssh/${name}.pub`)],
    make: `ssh-keygen -q -t ${type} -N '' -f ${name}\n`,
    before: ['ssh.service', 'ssh.socket', 'sshd-keygen.service'],
  };
});

const dropbearKeys = ['', 'initramfs/'].flatMap((folder) =>
  hostKeyTypes.map((type): PerMachine => {
    const name = `dropbear_${type}_host_key`;
    return {
      name: `dropbear-${folder === '' ? '' : 'initramfs-'}${type}`,
      files: [file(`/etc/dropbear/${folder}${name}`), file(`/etc/dropbear/${folder}${name}.pub`)],
      make: `dropbearkey -t ${type} -f ${name} >/dev/null\n`,
      before: ['dropbear.service'],
    };
  }),
);

export const perMachineTable: readonly PerMachine[] = [
  ...opensshKeys,
  ...dropbearKeys,
  {
    // As make-ssl-cert(8) makes it, which cannot be told to put it elsewhere. The link is what openssl-rehash(1) would make.
    name: 'ssl-cert',
    files: [file('/etc/ssl/private/ssl-cert-snakeoil.key'), file('/etc/ssl/certs/ssl-cert-snakeoil.pem')],
    make: `name=$(hostname -f) || name=$(hostname)
common=$name
if [ "\${#common}" -gt 64 ]; then common=$(hostname); fi
sed -e "s#@HostName@#$common#" -e "s#@SubjectAltName@#DNS:$name#" /usr/share/ssl-cert/ssleay.cnf > request.cnf
openssl req -config request.cnf -new -x509 -days 3650 -nodes -sha256 \\
  -keyout ssl-cert-snakeoil.key -out ssl-cert-snakeoil.pem
hash=$(openssl x509 -hash -noout -in ssl-cert-snakeoil.pem)
ln -sf ssl-cert-snakeoil.pem "/etc/ssl/certs/$hash.0"
`,
    before: [],
  },
  {
    name: 'bind9',
    files: [file('/etc/bind/rndc.key')],
    make: 'rndc-confgen -a -c "$PWD/rndc.key"\n',
    before: ['named.service'],
  },
  {
    name: 'munge',
    files: [file('/etc/munge/munge.key')],
    make: 'mungekey --create --keyfile="$PWD/munge.key"\n',
    before: ['munge.service'],
  },
  {
    name: 'xrdp',
    files: [file('/etc/xrdp/rsakeys.ini')],
    make: 'xrdp-keygen xrdp "$PWD/rsakeys.ini"\n',
    before: ['xrdp.service'],
  },
  {
    // Besides the identity: when it reports, so that not all machines do at once.
    name: 'popularity-contest',
    files: [
      file(
        '/etc/popularity-contest.conf',
        { pattern: '^MY_HOSTID="(.*)"$', placeholder: '@ID@' },
        { pattern: '^DAY="(.*)"$', placeholder: '@DAY@' },
      ),
      file('/etc/cron.d/popularity-contest', {
        pattern: '^([0-9]+ [0-9]+) \\* \\* \\* ',
        placeholder: '@TIME@',
      }),
    ],
    make: `id=$(tr -d - < /proc/sys/kernel/random/uuid)
day=$(shuf -i 0-6 -n 1)
minute=$(shuf -i 0-59 -n 1)
hour=$(shuf -i 0-23 -n 1)
sed -i -e "s/@ID@/$id/" -e "s/@DAY@/$day/" popularity-contest.conf
sed -i -e "s/@TIME@/$minute $hour/" popularity-contest
`,
    before: ['cron.service'],
  },
  {
    // The name is not taken from the firmware, as `nvme gen-hostnqn` would: machines exist whose firmware has the same.
    name: 'nvme-cli',
    files: [file('/etc/nvme/hostnqn'), file('/etc/nvme/hostid')],
    make: `id=$(cat /proc/sys/kernel/random/uuid)
echo "$id" > hostid
echo "nqn.2014-08.org.nvmexpress:uuid:$id" > hostnqn
`,
    // nvmefc-boot-connections.service comes before the file systems are mounted, so nothing can be made before it.
    before: ['nvmf-autoconnect.service'],
  },
  {
    name: 'open-iscsi',
    files: [file('/etc/iscsi/initiatorname.iscsi', { pattern: '^InitiatorName=(.*)$', placeholder: '@NAME@' })],
    make: `name=$(iscsi-iname -p iqn.1993-08.org.debian:01)
sed -i -e "s|@NAME@|$name|" initiatorname.iscsi
`,
    before: ['iscsid.service', 'iscsid.socket', 'open-iscsi.service'],
  },
  {
    name: 'rabbitmq',
    files: [file('/var/lib/rabbitmq/.erlang.cookie')],
    make: 'openssl rand -base64 -out .erlang.cookie 42\n',
    before: ['rabbitmq-server.service'],
  },
  {
    name: 'nsd',
    files: ['server.key', 'server.pem', 'control.key', 'control.pem'].map((name) => file(`/etc/nsd/nsd_${name}`)),
    make: 'nsd-control-setup -d "$PWD"\n',
    before: ['nsd.service'],
  },
  {
    // The group of RFC 7919 is as good as parameters of one's own (which take minutes), and no secret.
    name: 'ircd-hybrid',
    files: ['ircd.key', 'ircd.pem', 'dhparam.pem'].map((name) => file(`/etc/ircd-hybrid/key/${name}`)),
    make: `openssl genrsa -out ircd.key 2048
openssl req -config /etc/ircd-hybrid/cert.cnf -new -x509 -key ircd.key -out ircd.pem -days 365
openssl genpkey -genparam -algorithm DH -pkeyopt group:ffdhe2048 -out dhparam.pem
`,
    before: ['ircd-hybrid.service'],
  },
  {
    name: 'phpmyadmin',
    files: [
      file('/var/lib/phpmyadmin/blowfish_secret.inc.php', {
        pattern: "\\['blowfish_secret'\\] = '(.*)';$",
        placeholder: '@SECRET@',
      }),
    ],
    make: `secret=$(openssl rand -hex 16)
sed -i -e "s|@SECRET@|$secret|" blowfish_secret.inc.php
`,
    before: ['apache2.service'],
  },
  {
    name: 'roundcube',
    files: [
      file('/etc/roundcube/config.inc.php', {
        pattern: "^\\$config\\['des_key'\\] = '(.*)';$",
        placeholder: '@KEY@',
      }),
    ],
    make: `key=$(openssl rand -hex 12)
sed -i -e "s|@KEY@|$key|" config.inc.php
`,
    before: ['apache2.service'],
  },
];
