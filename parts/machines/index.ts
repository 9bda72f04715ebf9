/** Every machine that the boot-tester can boot an image on, or look through an image for. */
import type { Part } from '../part.ts';
import { bios } from './bios/bios.ts';
import type { InspectionKind, MachineKind } from './machine.ts';
import type { machineParams } from './params.ts';
import { raspberryPi } from './raspberry-pi/raspberry-pi.ts';
import { uefi } from './uefi/uefi.ts';

export const machines: Readonly<Record<keyof typeof machineParams, Part<MachineKind | InspectionKind>>> = {
  bios,
  'raspberry-pi': raspberryPi,
  uefi,
};
