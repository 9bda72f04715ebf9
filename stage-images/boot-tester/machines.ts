/** The virtual machine an image is tried on: plain hardware that every general-purpose system has drivers for. */
import { type Architecture, qemuNames } from '../../src/architecture.ts';
import { StageFailure } from '../contract/failure.ts';

export const accelerators = ['kvm', 'tcg'] as const;
export type Accelerator = (typeof accelerators)[number];

export interface Machine {
  qemu: string;
  /** `-machine`. */
  type: string;
  /** `-cpu`, by accelerator. */
  cpu: Readonly<Record<Accelerator, string>>;
  /** `-device` of a screen that firmware draws on, too. */
  display: string;
  /** UEFI: code, and the variables as they leave the factory. */
  firmware: { code: string; variables: string };
}

const machines: Readonly<Record<Architecture, Machine | undefined>> = {
  x86_64: {
    qemu: qemuNames.x86_64.program,
    type: qemuNames.x86_64.machine,
    // Emulating five-level paging costs time, and nested virtualisation is of no use in a guest that lives for a minute.
    // What a real processor copies fast is slow here: QEMU runs `rep movsb` byte by byte, and a guest that counts its
    // instructions returns to QEMU's main loop after each. Without these flags Linux and glibc copy words in loops.
    cpu: { kvm: 'host', tcg: 'max,la57=off,svm=off,erms=off,fsrm=off,fsrs=off,fsrc=off,fzrm=off' },
    display: 'VGA',
    firmware: { code: '/usr/share/OVMF/OVMF_CODE_4M.fd', variables: '/usr/share/OVMF/OVMF_VARS_4M.fd' },
  },
  aarch64: undefined,
};

/** The machine for an architecture. @throws StageFailure `boot.architecture` when this image has none. */
export function machineFor(arch: Architecture): Machine {
  const machine = machines[arch];
  if (machine) return machine;
  throw new StageFailure({
    code: 'boot.architecture',
    message: `The boot-tester has no machine to boot ${arch} images on.`,
    hint: 'Build without the boot test (boot: false, or --no-boot) and try the image on a machine of its own.',
  });
}

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
  /** The guest's own copy of the firmware's variables. */
  variables: string;
  /** Unix sockets on which we listen. */
  monitor: string;
  check?: { socket: string; smbios: readonly string[] };
}

/**
 * QEMU's arguments. The disk stays as it is (`snapshot=on` writes elsewhere); the network is there, but leads nowhere;
 * a reset ends the guest; the first serial port is QEMU's standard output; the guest waits for `cont`.
 */
export function qemuArguments(machine: Machine, guest: GuestParts): string[] {
  const flash = (unit: number, path: string, readOnly: boolean) =>
    `if=pflash,unit=${unit},format=raw,readonly=${readOnly ? 'on' : 'off'},file=${escapeOption(path)}`;
  const disk = `if=none,id=disk,format=${guest.disk.driver},snapshot=on,file=${escapeOption(guest.disk.path)}`;
  return [
    ['-nodefaults', '-no-user-config', '-no-reboot', '-S'],
    ['-machine', machine.type, '-accel', guest.accelerator, '-cpu', machine.cpu[guest.accelerator]],
    ['-smp', String(guest.cpus), '-m', `${guest.memoryMiB}M`, '-display', 'none'],
    ['-sandbox', sandbox],
    ...(guest.clockStart ? [ownTime(guest.clockStart)] : []),
    ...(guest.display ? [['-device', machine.display]] : []),
    ['-drive', flash(0, machine.firmware.code, true), '-drive', flash(1, guest.variables, false)],
    ['-drive', disk, '-device', 'virtio-blk-pci,drive=disk,bootindex=0'],
    // Without its option ROM the card needs no iPXE; firmware brings its own driver.
    ['-netdev', 'user,id=network,restrict=on', '-device', 'virtio-net-pci,netdev=network,romfile='],
    ['-device', 'virtio-rng-pci'],
    ['-chardev', 'stdio,id=console,signal=off', '-serial', 'chardev:console'],
    ...(guest.check ? [checkPort(guest.check.socket), ...guest.check.smbios.map(oemString)] : []),
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

/** QEMU's option syntax ends a value at a comma; two of them stand for one. */
function escapeOption(value: string): string {
  return value.replaceAll(',', ',,');
}
