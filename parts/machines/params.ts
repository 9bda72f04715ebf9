/** The parameters of every machine part, without its code. */
import { UefiParams } from './uefi/params.ts';

export const machineParams = { uefi: UefiParams } as const;
