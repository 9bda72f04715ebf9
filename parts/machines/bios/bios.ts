/** A PC with BIOS firmware (SeaBIOS), which QEMU has where it is given no other. */
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import { definePart } from '../../part.ts';
import { hardwareOf } from '../hardware.ts';
import type { Machine, MachineKind } from '../machine.ts';
import { BiosParams } from './params.ts';

export const nothingToBoot: Machine['nothingToBoot'] = {
  pattern: /^No bootable device\.|^Boot failed: /,
  hint: 'BIOS firmware starts the code of the first sector, and that what stands in the BIOS boot partition; see that the bootloader component brings both.',
};

export const bios = definePart(
  BiosParams,
  (): MachineKind => ({
    on(arch) {
      if (arch !== 'x86_64')
        throw new StageFailure({
          code: 'boot.architecture',
          message: `There are no machines of ${arch} with BIOS firmware.`,
          hint: 'Leave the machine out of bootsOn for this architecture, in the component that names it.',
        });
      const hardware = hardwareOf(arch);
      return {
        ...hardware,
        // Without graphics of the machine's own the firmware talks on the serial line.
        type: `${hardware.type},graphics=off`,
        firmware: async () => [],
        nothingToBoot,
      };
    },
  }),
);
