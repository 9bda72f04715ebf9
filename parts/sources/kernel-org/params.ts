import * as z from 'zod';
import { PublicKeys } from '../../../src/definition/public-keys.ts';
import { FileAddress } from '../../../src/definition/web-address.ts';

export const mostMirrors = 8;

export const KernelOrgParams = z.strictObject({
  /** Addresses of folders such as https://cdn.kernel.org/pub/linux/kernel, which hold v6.x; asked one after the other. */
  mirrors: z.array(FileAddress).min(1).max(mostMirrors),
  /** Public keys that the lists of sha256 are signed with. */
  keys: PublicKeys,
});
export type KernelOrgParams = z.infer<typeof KernelOrgParams>;
