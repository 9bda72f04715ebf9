import * as z from 'zod';

/** https://www.gnu.org/software/grub/manual/grub/html_node/Simple-configuration.html */
export const GrubParams = z.strictObject({
  /** How long the menu is shown; with 0 it is not shown, unless a key is held. */
  timeoutSeconds: z.int().min(0).max(3600).default(1),
  /** Machines with BIOS firmware start the image, too. There are such only of x86_64. */
  bios: z.boolean().default(true),
});
export type GrubParams = z.infer<typeof GrubParams>;
