import * as z from 'zod';

/** loader.conf(5). */
export const SystemdBootParams = z.strictObject({
  /** How long the menu is shown. 0: not at all, unless a key is held. */
  timeoutSeconds: z.int().min(0).max(3600).default(1),
  /** The resolution of the screen: as firmware left it, the largest there is, or one that firmware has by number. */
  consoleMode: z.union([z.enum(['keep', 'auto', 'max']), z.int().min(0).max(2)]).default('keep'),
  /** Whoever sits at the machine may edit the kernel command line, and so become root. */
  editor: z.boolean().default(false),
});
export type SystemdBootParams = z.infer<typeof SystemdBootParams>;
