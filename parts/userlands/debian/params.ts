import * as z from 'zod';

export const DebianParams = z.strictObject({});

/** The groups of base-passwd (/usr/share/base-passwd/group.master), which is essential: no image is without them. */
export const debianGroups: readonly string[] = [
  'root daemon bin sys adm tty disk lp mail news uucp man proxy kmem dialout fax voice cdrom floppy tape sudo audio dip',
  'www-data backup operator list irc src shadow utmp video sasl plugdev staff games users nogroup',
].flatMap((names) => names.split(' '));
