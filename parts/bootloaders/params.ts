/** The parameters of every boot loader part, without its code: by these the catalog checks `params` of components. */
import { GrubParams } from './grub/params.ts';
import { RaspberryPiParams } from './raspberry-pi/params.ts';
import { SystemdBootParams } from './systemd-boot/params.ts';
import { UkiParams } from './uki/params.ts';

export const bootLoaderParams = {
  grub: GrubParams,
  'raspberry-pi': RaspberryPiParams,
  'systemd-boot': SystemdBootParams,
  uki: UkiParams,
} as const;
