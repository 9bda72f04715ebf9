/** A machine with UEFI firmware (OVMF): without Secure Boot, or with one certificate that it knows. */
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from '../../../stage-images/contract/tool.ts';
import { secureBootActive } from '../../checks/check.ts';
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

/** With it the variables that Secure Boot depends on can be written by the firmware alone, in system management mode. */
const checkingFactory: FlashFiles = {
  code: '/usr/share/OVMF/OVMF_CODE_4M.secboot.fd',
  variables: '/usr/share/OVMF/OVMF_VARS_4M.fd',
};

export const nothingToBoot: Machine['nothingToBoot'] = {
  pattern:
    /BdsDxe: (?:failed to load Boot[0-9A-F]{4}|No bootable option)|UEFI Interactive Shell|>>Start (?:PXE|HTTP Boot) over/,
  hint: 'UEFI firmware starts the boot loader at \\EFI\\BOOT\\BOOTX64.EFI (aarch64: BOOTAA64.EFI) of the EFI system partition; see that the bootloader component puts one there. "Access Denied" means that Secure Boot refused its signature.',
};

export const uefi = definePart(
  UefiParams,
  ({ certificate }): MachineKind => ({
    on(arch) {
      const hardware = hardwareOf(arch);
      if (certificate === undefined)
        return { ...hardware, firmware: (folder) => flash(factory, folder), nothingToBoot };
      return {
        ...hardware,
        type: `${hardware.type},smm=on`,
        firmware: (folder) => checkingFlash(certificate, folder),
        nothingToBoot,
        secureBoot,
      };
    },
  }),
);

const secureBoot: NonNullable<Machine['secureBoot']> = {
  // Linux, arch/x86/kernel/setup.c; with "secureboot: " as Debian has it.
  enabled: /^(?:\[ *\d+\.\d+\] )?(?:secureboot: )?Secure boot enabled/,
  active: secureBootActive,
  // OVMF's boot manager of what it starts itself; systemd-boot of a kernel.
  refused:
    /^(?:BdsDxe: failed to (?:load|start) Boot[0-9A-F]{4}|Error loading) .*: (?:access denied|security violation)/i,
};

/** As `flash`, with a certificate enrolled as platform key, key exchange key and in db (UEFI 2.10 §32.3), so that it is the only one. */
async function checkingFlash(certificate: string, folder: string): Promise<string[]> {
  const file = join(folder, 'certificate.pem');
  await writeFile(file, certificate);
  const variables = join(folder, 'enrolled.fd');
  const enrolled = ['--set-pk', '--add-kek', '--add-db'].flatMap((option) => [option, ownerGuid, file]);
  await runTool('virt-fw-vars', [
    '--input',
    checkingFactory.variables,
    '--output',
    variables,
    ...enrolled,
    '--secure-boot',
  ]);
  return [
    ...(await flash({ ...checkingFactory, variables }, folder)),
    ...['-global', 'driver=cfi.pflash01,property=secure,value=on'],
  ];
}

/** Who is told to have enrolled it; nothing depends on that. */
const ownerGuid = '6c646600-7365-8375-8265-2d626f6f7400';

/** Two flash chips: the program, which nobody writes to, and the guest's own copy of the variables. */
export async function flash({ code, variables }: FlashFiles, folder: string): Promise<string[]> {
  const own = join(folder, 'variables.fd');
  await copyFile(variables, own);
  return ['-drive', chip(0, code, true), '-drive', chip(1, own, false)];
}

function chip(unit: number, path: string, readOnly: boolean): string {
  return `if=pflash,unit=${unit},format=raw,readonly=${readOnly ? 'on' : 'off'},file=${escapeOption(path)}`;
}
