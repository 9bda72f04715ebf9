/** Booting an image by hand: on any disk controller, beside other disks, until its console says what a test waits for. */
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { stageImageId } from './lab.ts';

/** How QEMU attaches the drive `disk` of each sort; `ide` needs the machine of old, the others are tried on a new one. */
export const buses = {
  ide: { machine: 'pc', devices: ['ide-hd,drive=disk'] },
  ahci: { machine: 'q35', devices: ['ide-hd,drive=disk'] },
  nvme: { machine: 'q35', devices: ['nvme,serial=1,drive=disk'] },
  'virtio-blk': { machine: 'q35', devices: ['virtio-blk-pci,drive=disk'] },
  'virtio-scsi': { machine: 'q35', devices: ['virtio-scsi-pci', 'scsi-hd,drive=disk'] },
  pvscsi: { machine: 'q35', devices: ['pvscsi', 'scsi-hd,drive=disk'] },
  'usb-storage': { machine: 'q35', devices: ['qemu-xhci', 'usb-storage,drive=disk'] },
} as const satisfies Record<string, { machine: string; devices: readonly string[] }>;

/** Emulated on a busy machine, firmware and kernel take minutes. */
const bootLimitMs = 20 * 60_000;

export interface Trial {
  machine: string;
  /** `-drive` and `-device` options, in this order; files are below /look. */
  drives: readonly string[];
  devices: readonly string[];
  /** Values of SMBIOS type 11. */
  smbios?: readonly string[];
  /** Where the firmware has no driver for the disk: QEMU's `-kernel`, `-initrd` and `-append`. */
  direct?: readonly string[];
}

/** Of a drive whose image stays as it is. */
export function drive(id: string, file: string, format: 'raw' | 'qcow2' = 'raw'): string {
  return `if=none,id=${id},format=${format},snapshot=on,file=/look/${file}`;
}

/**
 * Starts a machine with the boot-tester's QEMU and firmware and ends it at the first line of its console that fits.
 * @returns that line, without the escapes of colours. @throws Error with the last lines when none does within the limit.
 */
export async function bootUntil(folder: string, trial: Trial, wanted: RegExp): Promise<string> {
  const qemu = [
    ...['qemu-system-x86_64', '-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none'],
    ...['-machine', trial.machine, '-cpu', 'max,la57=off,svm=off', '-m', '1024M'],
    ...['-drive', 'if=pflash,unit=0,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd'],
    ...['-drive', 'if=pflash,unit=1,format=raw,file=/tmp/variables.fd'],
    ...trial.drives.flatMap((option) => ['-drive', option]),
    ...trial.devices.flatMap((option) => ['-device', option]),
    ...(trial.smbios ?? []).flatMap((value) => ['-smbios', `type=11,value=${value}`]),
    ...(trial.direct ?? []),
    ...['-serial', 'stdio'],
  ];
  const child = execa(
    'docker',
    [
      ...['run', '--rm', '--network', 'none', '--volume', `${folder}:/look:ro`, '--tmpfs', '/tmp'],
      ...['--env', 'TMPDIR=/tmp', '--entrypoint', 'sh', await stageImageId('boot-tester')],
      ...['-c', 'cp /usr/share/OVMF/OVMF_VARS_4M.fd /tmp/variables.fd && exec "$0" "$@"', ...qemu],
    ],
    { stdin: 'ignore', all: true, buffer: false, reject: false, timeout: bootLimitMs },
  );
  const tail: string[] = [];
  try {
    for await (const raw of createInterface({ input: child.all })) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: a console's escapes begin with one
      const line = raw.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '').trim();
      if (tail.push(line) > 40) tail.shift();
      if (wanted.test(line)) return line;
    }
  } finally {
    child.kill('SIGTERM');
    await child;
  }
  throw new Error(`the console did not say ${wanted}:\n${tail.join('\n')}`);
}
