/** A machine with UEFI firmware (EDK II): without Secure Boot, or with one certificate that it knows. */
import { copyFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Architecture } from '../../../src/architecture.ts';
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
  /** Of each chip, where it is larger than the file; what is missing is 0. */
  chipBytes?: number;
}

interface Firmware {
  plain: FlashFiles;
  /** With it the variables that Secure Boot depends on can be written by the firmware alone. */
  checking: FlashFiles;
  /** What makes that true: properties of the machine, and arguments. */
  guarded: { properties: string; arguments: readonly string[] };
}

/** The chips of QEMU's machine `virt` (hw/arm/virt.c), of which the files in this image have what is not 0. */
const virtChipBytes = 64 << 20;

/** Debian's packages ovmf and qemu-efi-aarch64. */
const firmwares: Readonly<Record<Architecture, Firmware>> = {
  x86_64: {
    plain: { code: '/usr/share/OVMF/OVMF_CODE_4M.fd', variables: '/usr/share/OVMF/OVMF_VARS_4M.fd' },
    checking: { code: '/usr/share/OVMF/OVMF_CODE_4M.secboot.fd', variables: '/usr/share/OVMF/OVMF_VARS_4M.fd' },
    // In system management mode.
    guarded: { properties: ',smm=on', arguments: ['-global', 'driver=cfi.pflash01,property=secure,value=on'] },
  },
  aarch64: {
    plain: {
      code: '/usr/share/AAVMF/AAVMF_CODE.no-secboot.fd',
      variables: '/usr/share/AAVMF/AAVMF_VARS.fd',
      chipBytes: virtChipBytes,
    },
    checking: {
      code: '/usr/share/AAVMF/AAVMF_CODE.secboot.fd',
      variables: '/usr/share/AAVMF/AAVMF_VARS.fd',
      chipBytes: virtChipBytes,
    },
    // There is no such mode here: the variables are as safe as their file.
    guarded: { properties: '', arguments: [] },
  },
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
      const { plain, checking, guarded } = firmwares[arch];
      if (certificate === undefined) return { ...hardware, firmware: (folder) => flash(plain, folder), nothingToBoot };
      return {
        ...hardware,
        type: `${hardware.type}${guarded.properties}`,
        async firmware(folder) {
          const files = await enrolled(checking, certificate, folder);
          return [...(await flash(files, folder)), ...guarded.arguments];
        },
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

/** The files with a certificate enrolled as platform key, key exchange key and in db (UEFI 2.10 §32.3), so that it is the only one. */
async function enrolled(files: FlashFiles, certificate: string, folder: string): Promise<FlashFiles> {
  const file = join(folder, 'certificate.pem');
  await writeFile(file, certificate);
  const factory = join(folder, 'factory.fd');
  await copyChip(files.variables, factory, files.chipBytes);
  const variables = join(folder, 'enrolled.fd');
  const keys = ['--set-pk', '--add-kek', '--add-db'].flatMap((option) => [option, ownerGuid, file]);
  await runTool('virt-fw-vars', ['--input', factory, '--output', variables, ...keys, '--secure-boot']);
  return { ...files, variables };
}

/** Who is told to have enrolled it; nothing depends on that. */
const ownerGuid = '6c646600-7365-8375-8265-2d626f6f7400';

/** Two flash chips: the program, which nobody writes to, and the guest's own copy of the variables. */
export async function flash({ code, variables, chipBytes }: FlashFiles, folder: string): Promise<string[]> {
  const own = join(folder, 'variables.fd');
  await copyChip(variables, own, chipBytes);
  const program = chipBytes === undefined ? code : join(folder, 'code.fd');
  if (program !== code) await copyChip(code, program, chipBytes);
  return ['-drive', chip(0, program, true), '-drive', chip(1, own, false)];
}

async function copyChip(from: string, to: string, chipBytes: number | undefined): Promise<void> {
  await copyFile(from, to);
  if (chipBytes !== undefined) await truncate(to, chipBytes);
}

function chip(unit: number, path: string, readOnly: boolean): string {
  return `if=pflash,unit=${unit},format=raw,readonly=${readOnly ? 'on' : 'off'},file=${escapeOption(path)}`;
}
