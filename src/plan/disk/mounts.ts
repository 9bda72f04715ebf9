/** Where partitions can be mounted: not every folder can be one. Pure. */
import { MountPoint } from '../../definition/image-partitions.ts';

/** The kernel and the system mount there by themselves. */
const ofKernel = ['/dev', '/proc', '/run', '/sys'];
/** What is read before fstab(5) is, or is what fstab(5) is read by. */
const ofStart = ['/bin', '/etc', '/lib', '/lib32', '/lib64', '/libx32', '/sbin', '/usr'];
/** Below /usr, what no package has its files in. */
const ofMachine = ['/usr/local', '/usr/src'];
/** Where the partition that firmware reads is mounted, or was once. */
const ofFirmware = new Map([
  ['/efi', 'the EFI system partition'],
  ['/boot/efi', 'the EFI system partition'],
  ['/boot/firmware', 'the partition that firmware reads'],
]);

/** What is wrong with a mount point, and the way out; undefined where nothing is. */
export function mountProblem(mount: string): { message: string; hint: string } | undefined {
  const checked = MountPoint.safeParse(mount);
  if (!checked.success)
    return {
      message: `a mount point ${checked.error.issues[0]?.message ?? 'must be an absolute path'}`,
      hint: mount.startsWith('/')
        ? 'Use letters, digits, and . _ @ + - in names, without a slash at the end.'
        : `Did you mean /${mount.replace(/^\.?\/*/, '')}?`,
    };
  const firmware = ofFirmware.get(mount);
  if (firmware !== undefined)
    return {
      message: `${mount} is where ${firmware} is mounted`,
      hint: 'Use `role: esp` in place of `mount`.',
    };
  if (isAt(mount, ofKernel))
    return { message: `${mount} is not of the disk: the system makes it at boot`, hint: 'Choose another folder.' };
  if (isAt(mount, ofStart) && !isAt(mount, ofMachine))
    return {
      message: `${mount} must be in the root file system: the system needs it before it mounts anything else`,
      hint: `Leave it in the partition of /; of /usr, ${ofMachine.join(' and ')} can be apart.`,
    };
  return undefined;
}

function isAt(mount: string, places: readonly string[]): boolean {
  return places.some((place) => mount === place || mount.startsWith(`${place}/`));
}

/** The system writes there from the first boot on. */
const written = ['/var', '/tmp', '/var/tmp', '/var/log', '/var/lib'];
/** There are files in it that belong to somebody else than root. */
const owned = ['/home', '/root', ...written];

export function isWrittenBySystem(mount: string): boolean {
  return written.includes(mount);
}

export function hasOwners(mount: string): boolean {
  return owned.includes(mount);
}
