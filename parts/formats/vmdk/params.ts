import * as z from 'zod';

export const VmdkParams = z.strictObject({
  /** The disk controller that the descriptor names, which importers give the virtual machine. */
  adapter: z.enum(['ide', 'buslogic', 'lsilogic', 'legacyESX']).default('lsilogic'),
});
