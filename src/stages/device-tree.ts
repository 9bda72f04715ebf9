/** A compiled device tree, by its path below the folder of its architecture's in the kernel source. */
import * as z from 'zod';

export const mostDeviceTrees = 200;

export const DeviceTree = z
  .string()
  .max(128)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_,+.-]*(\/[A-Za-z0-9][A-Za-z0-9_,+.-]*){0,3}\.dtb$/,
    'must be a device tree such as broadcom/bcm2711-rpi-4-b.dtb',
  );
