/**
 * What systemd would do at first boot because /usr is newer than /etc and /var (systemd-update-done.service(8)): done
 * here, where it takes no time, and marked as done.
 */
import { readdir } from 'node:fs/promises';
import type { RootFs } from '../../root-fs/root-fs.ts';

/** As systemd-update-done writes it; the time that counts is the file's own, which the tar sets to that of /usr. */
function updatedMark(date: number): string {
  return `# This file was created by systemd-update-done. The timestamp below is the
# modification time of /usr/ for which the most recent updates of this folder
# have been applied.
TIMESTAMP_NSEC=${date}000000000
`;
}

/** Runs the tools of the units that have ConditionNeedsUpdate=, after the last file was written. */
export async function applyUpdates(root: RootFs): Promise<void> {
  await root.run('systemd-sysusers', []);
  await root.run('ldconfig', []);
  await root.run('journalctl', ['--update-catalog']);
  const hardware = await root.follow('/etc/udev/hwdb.d');
  if (hardware && (await readdir(hardware)).length > 0) {
    // Where no /proc is mounted, it can make this file but not replace one.
    await root.remove('/etc/udev/hwdb.bin');
    await root.run('systemd-hwdb', ['update']);
  }
  for (const folder of ['/etc', '/var']) await root.write(`${folder}/.updated`, updatedMark(root.sourceDate));
}
