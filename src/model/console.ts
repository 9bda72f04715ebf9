import * as z from 'zod';

/** How a machine is booted by hand. */
export const ConsoleWish = z.strictObject({
  /** Who is logged in on its console without a password, on this machine alone; absent: nobody. The image stays as it is. */
  logIn: z.enum(['root']).optional().describe('Who is logged in without a password, on this machine alone.'),
});
export type ConsoleWish = z.infer<typeof ConsoleWish>;

/** How long a machine that was booted by hand runs at the most, in seconds; then it is powered off. */
export const consoleSeconds = 30 * 60;
