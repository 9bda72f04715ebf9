/** Every machine that the boot-tester can boot an image on. */
import type { Part } from '../part.ts';
import { bios } from './bios/bios.ts';
import type { MachineKind } from './machine.ts';
import type { machineParams } from './params.ts';
import { uefi } from './uefi/uefi.ts';

export const machines: Readonly<Record<keyof typeof machineParams, Part<MachineKind>>> = { bios, uefi };
