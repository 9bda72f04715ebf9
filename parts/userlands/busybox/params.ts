import * as z from 'zod';

export const BusyboxParams = z.strictObject({});

/** Groups with the numbers that base-passwd has for them, so that files mean the same on other systems of Debian. */
export const busyboxGroups = {
  root: 0,
  daemon: 1,
  sys: 3,
  adm: 4,
  tty: 5,
  disk: 6,
  mail: 8,
  kmem: 15,
  dialout: 20,
  cdrom: 24,
  audio: 29,
  'www-data': 33,
  backup: 34,
  operator: 37,
  shadow: 42,
  utmp: 43,
  video: 44,
  plugdev: 46,
  staff: 50,
  users: 100,
  nogroup: 65534,
} as const;

export const busyboxTraits = {
  groups: Object.keys(busyboxGroups),
  shell: '/bin/sh',
  closed: {
    packages: { dropbear: ['dropbear'] },
    // There is no fsck: a journal is replayed when its file system is mounted. sysctl(8) is one of its own programs.
    replaced: ['btrfs-progs', 'dosfstools', 'e2fsprogs', 'procps', 'xfsprogs'],
    shells: ['/bin/ash', '/bin/sh', '/usr/bin/ash', '/usr/bin/sh'],
    // Of crypt(5), its own implementation has DES, MD5 and SHA-2.
    passwordHashes: ['$1$', '$5$', '$6$'],
  },
} as const;
