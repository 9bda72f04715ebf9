/** A machine with UEFI firmware (OVMF), without Secure Boot. */
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { definePart } from '../../part.ts';
import { escapeOption, hardwareOf } from '../hardware.ts';
import type { Machine, MachineKind } from '../machine.ts';
import { UefiParams } from './params.ts';

interface FlashFiles {
  code: string;
  /** The variables as they leave the factory. */
  variables: string;
}

const factory: FlashFiles = {
  code: '/usr/share/OVMF/OVMF_CODE_4M.fd',
  variables: '/usr/share/OVMF/OVMF_VARS_4M.fd',
};

export const nothingToBoot: Machine['nothingToBoot'] = {
  pattern:
    /BdsDxe: (?:failed to load Boot[0-9A-F]{4}|No bootable option)|UEFI Interactive Shell|>>Start (?:PXE|HTTP Boot) over/,
  hint: 'UEFI firmware starts the boot loader at \\EFI\\BOOT\\BOOTX64.EFI (aarch64: BOOTAA64.EFI) of the EFI system partition; see that the bootloader component puts one there. "Access Denied" means that Secure Boot refused its signature.',
};

export const uefi = definePart(
  UefiParams,
  (): MachineKind => ({
    on: (arch) => ({
      ...hardwareOf(arch),
      firmware: (folder) => flash(factory, folder),
      nothingToBoot,
    }),
  }),
);

/** Two flash chips: the program, which nobody writes to, and the guest's own copy of the variables. */
export async function flash({ code, variables }: FlashFiles, folder: string): Promise<string[]> {
  const own = join(folder, 'variables.fd');
  await copyFile(variables, own);
  return ['-drive', chip(0, code, true), '-drive', chip(1, own, false)];
}

function chip(unit: number, path: string, readOnly: boolean): string {
  return `if=pflash,unit=${unit},format=raw,readonly=${readOnly ? 'on' : 'off'},file=${escapeOption(path)}`;
}
