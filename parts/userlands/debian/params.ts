import * as z from 'zod';

export const DebianParams = z.strictObject({});

/** The groups of base-passwd (/usr/share/base-passwd/group.master), which is essential: no image is without them. */
const groups: readonly string[] = [
  'root daemon bin sys adm tty disk lp mail news uucp man proxy kmem dialout fax voice cdrom floppy tape sudo audio dip',
  'www-data backup operator list irc src shadow utmp video sasl plugdev staff games users nogroup',
].flatMap((names) => names.split(' '));

/** How accounts, SELinux's policy and dpkg's own work are set up: nothing makes up for it when they are done. */
const readWhenConfigured = [
  '/etc/adduser.conf',
  '/etc/debconf.conf',
  '/etc/dpkg',
  '/etc/login.defs',
  '/etc/selinux',
  '/etc/sysusers.d',
  '/etc/ucf.conf',
  '/var/lib/selinux',
];

export const debianTraits = { groups, shell: '/bin/bash', readWhenConfigured } as const;
