/** Who can log in, by the definition of a build. Pure: it reads whatever stands there, also what is not valid. */
import * as z from 'zod';
import { loginsOf } from '../../../definition/logins.ts';

const Users = z
  .array(
    z.object({
      name: z.string(),
      passwordHash: z.string().optional(),
      sshKeys: z.array(z.string()).default([]),
      sudo: z.boolean().catch(false).default(false),
    }),
  )
  .catch([])
  .default([]);
const WithUsers = z.object({ system: z.object({ users: Users }).catch({ users: [] }).default({ users: [] }) });

/** Such as `ops (SSH key, sudo)`; of a user who has neither password nor key, nothing. */
export function accountsOf(definition: unknown): string[] {
  const { users } = WithUsers.parse(definition).system;
  const known = users.map(({ passwordHash, ...user }) => ({
    ...user,
    ...(passwordHash === undefined ? {} : { passwordHash }),
  }));
  return loginsOf(known).map(({ name, with: means, sudo }) => {
    const ways = [means.join(' or '), ...(sudo ? ['sudo'] : [])];
    return `${name} (${ways.join(', ')})`;
  });
}
