/** Time zones that need no package. */

const utc = /^(Etc\/)?(UTC|UCT|Universal|Zulu)$/;

/** Whether a zone of the tz database is UTC by another name: a system without /etc/localtime keeps it (localtime(5)). */
export function isUtc(timezone: string): boolean {
  return utc.test(timezone);
}
