/** Who can log in, by the definition of a build. Pure. */
import * as z from 'zod';

const WithUsers = z.looseObject({
  system: z.looseObject({
    users: z.array(
      z.looseObject({
        name: z.string(),
        passwordHash: z.string().optional(),
        sshKeys: z.array(z.string()).default([]),
      }),
    ),
  }),
});

/** `ops (password or SSH key)`; of a user who has neither, nothing. */
export function accountsOf(definition: unknown): string[] {
  const { users } = WithUsers.parse(definition).system;
  return users.flatMap(({ name, passwordHash, sshKeys }) => {
    const ways = [passwordHash === undefined ? [] : 'password', sshKeys.length === 0 ? [] : 'SSH key'].flat();
    return ways.length === 0 ? [] : `${name} (${ways.join(' or ')})`;
  });
}
