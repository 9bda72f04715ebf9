import * as z from 'zod';

export const SelinuxParams = z.strictObject({
  /** The policy whose labels files get, as /etc/selinux/config names it under SELINUXTYPE (selinux_config(5)). */
  policy: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,30}$/, 'must be the name of a policy such as default')
    .default('default'),
});
export type SelinuxParams = z.infer<typeof SelinuxParams>;
