/** QEMU's command line for one guest on a machine. */
import { escapeOption } from '../../parts/machines/hardware.ts';
import type { Accelerator, Machine } from '../../parts/machines/machine.ts';

/** System calls that QEMU does without once it runs (qemu(1)): no child, no other user, no other priority. */
const sandbox = 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny';

export interface GuestParts {
  accelerator: Accelerator;
  cpus: number;
  memoryMiB: number;
  /** The guest has a screen. */
  display: boolean;
  /** The guest's time is its own (`ownTime`), and begins then; absent: it is the host's. */
  clockStart?: Date;
  /** `driver`: of QEMU's block layer. */
  disk: { path: string; driver: string };
  /** Arguments of the machine's firmware. */
  firmware: readonly string[];
  /** Unix sockets on which we listen. */
  monitor: string;
  /** A second serial port. */
  check?: string;
  /** Values of SMBIOS type 11, as the guest finds them. */
  strings: readonly string[];
}

/**
 * QEMU's arguments. The disk stays as it is (`snapshot=on` writes elsewhere); the network is there, but leads nowhere;
 * a reset ends the guest; the first serial port is QEMU's standard output; the guest waits for `cont`.
 */
export function qemuArguments(machine: Machine, guest: GuestParts): string[] {
  const disk = `if=none,id=disk,format=${guest.disk.driver},snapshot=on,file=${escapeOption(guest.disk.path)}`;
  return [
    ['-nodefaults', '-no-user-config', '-no-reboot', '-S'],
    ['-machine', machine.type, '-accel', guest.accelerator, '-cpu', machine.cpu[guest.accelerator]],
    ['-smp', String(guest.cpus), '-m', `${guest.memoryMiB}M`, '-display', 'none'],
    ['-sandbox', sandbox],
    ...(guest.clockStart ? [ownTime(guest.clockStart)] : []),
    ...(guest.display ? [['-device', machine.display]] : []),
    guest.firmware,
    ['-drive', disk, '-device', 'virtio-blk-pci,drive=disk,bootindex=0'],
    // Without its option ROM the card needs no iPXE; firmware brings its own driver.
    ['-netdev', 'user,id=network,restrict=on', '-device', 'virtio-net-pci,netdev=network,romfile='],
    ['-device', 'virtio-rng-pci'],
    ['-chardev', 'stdio,id=console,signal=off', '-serial', 'chardev:console'],
    ...(guest.check ? [checkPort(guest.check)] : []),
    ...guest.strings.map(oemString),
    ['-chardev', socketClient('monitor', guest.monitor), '-mon', 'chardev=monitor,mode=control'],
  ].flat();
}

/**
 * A clock that follows the instructions executed, 2^shift ns each, so that nothing comes too late in a guest on a busy
 * machine: its time stands still while QEMU waits for a processor. While the guest itself has nothing to do, time passes as
 * the host's does (sleep=on): to skip it would let time fly while the guest waits for its disk. The clock of the machine
 * shows the same time.
 */
function ownTime(start: Date): string[] {
  const base = start.toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length);
  return ['-icount', 'shift=2,sleep=on,align=off', '-rtc', `base=${base},clock=vm`];
}

function checkPort(socket: string): string[] {
  return ['-chardev', socketClient('check', socket), '-serial', 'chardev:check'];
}

function oemString(value: string): string[] {
  return ['-smbios', `type=11,value=${escapeOption(value)}`];
}

function socketClient(id: string, path: string): string {
  return `socket,id=${id},server=off,path=${escapeOption(path)}`;
}
