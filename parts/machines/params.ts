/** The parameters of every machine part, without its code. */
import { BiosParams } from './bios/params.ts';
import { RaspberryPiMachineParams } from './raspberry-pi/params.ts';
import { UefiParams } from './uefi/params.ts';

export const machineParams = { bios: BiosParams, 'raspberry-pi': RaspberryPiMachineParams, uefi: UefiParams } as const;

/** Those that nothing here can start: their disks are looked through. */
const inspected: ReadonlySet<string> = new Set(['raspberry-pi']);

export function canStart({ use }: { use: string }): boolean {
  return !inspected.has(use);
}

/** The same machine with a certificate (PEM) that its firmware knows, and Secure Boot on; as it was where its firmware checks none. */
export function knowing<Machine extends { use: string; params: Record<string, unknown> }>(
  machine: Machine,
  certificate: string,
): Machine {
  const schema = Object.entries(machineParams).find(([name]) => name === machine.use)?.[1];
  if (!schema || !('certificate' in schema.shape)) return machine;
  return { ...machine, params: { ...machine.params, certificate } };
}
