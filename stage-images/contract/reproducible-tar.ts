/**
 * Arguments of tar(1) for an archive that is the same wherever and whenever it is made: names in their order, everything of
 * root and of one date, modes 0644 and 0755.
 * @param date seconds since the epoch
 */
export function reproducibleTar(date: number): string[] {
  return [
    ...['--sort=name', `--mtime=@${date}`],
    ...['--owner=0', '--group=0', '--numeric-owner', '--mode=u=rwX,go=rX'],
    ...['--format=posix', '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime'],
  ];
}
