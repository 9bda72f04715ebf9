/** Every boot loader that the packager can install, by the name that components `use`. */
import type { Part } from '../part.ts';
import type { BootLoader } from './boot-loader.ts';
import { grub } from './grub/grub.ts';
import type { bootLoaderParams } from './params.ts';
import { raspberryPi } from './raspberry-pi/raspberry-pi.ts';
import { systemdBoot } from './systemd-boot/systemd-boot.ts';
import { uki } from './uki/uki.ts';

export const bootLoaders: Readonly<Record<keyof typeof bootLoaderParams, Part<BootLoader>>> = {
  grub,
  'raspberry-pi': raspberryPi,
  'systemd-boot': systemdBoot,
  uki,
};
