/**
 * What maintainer scripts get in place of /proc. A real one cannot be mounted without privileges, and most packages do
 * without. What some of them do need is given in other ways.
 */
import { readdir } from 'node:fs/promises';
import type { RootFs } from '../../root-fs/root-fs.ts';

/** proc_pid_mountinfo(5): ids, device, root, mount point, options, type, source, options of the super block. */
const mountinfo = ['1 0 8:1 / / rw - ext4 /dev/root rw', '2 1 0:5 / /proc rw - proc proc rw', ''].join('\n');
const mounts = '/dev/root / ext4 rw 0 0\nproc /proc proc rw 0 0\n';

/** Scripts that only make sure of a mounted /proc ask mountpoint(1), which reads the first of these. */
const files: readonly [path: string, content: string][] = [
  ['self/mountinfo', mountinfo],
  ['self/mounts', mounts],
  ['mounts', mounts],
  ['filesystems', 'nodev\tproc\n\text4\n'],
  // Which protocols the system speaks is read from what there is below sys/net: postfix does.
  ['sys/net/ipv4/ip_forward', '0\n'],
  ['sys/net/ipv6/conf/all/disable_ipv6', '0\n'],
];

/** Writes the stand-in; `clean` empties /proc when all is done. */
export async function writeStandInProc(root: RootFs): Promise<void> {
  for (const [path, content] of files) await root.write(`/proc/${path}`, content, 0o444);
}

/**
 * Programs that look for their libraries beside themselves ask /proc/self/exe where they are; ld.so(8) takes
 * LD_ORIGIN_PATH when there is none. Of those, Java is run by maintainer scripts, to make its certificate store.
 */
export async function originEnvironment(root: RootFs): Promise<Record<string, string>> {
  const folder = '/usr/lib/jvm';
  const real = await root.follow(folder);
  for (const name of real ? (await readdir(real)).sort() : [])
    if (await root.exists(`${folder}/${name}/bin/java`)) return { LD_ORIGIN_PATH: `${folder}/${name}/bin` };
  return {};
}
