/** The parameters of every machine part, without its code. */
import { BiosParams } from './bios/params.ts';
import { UefiParams } from './uefi/params.ts';

export const machineParams = { bios: BiosParams, uefi: UefiParams } as const;
