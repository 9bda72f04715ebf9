import * as z from 'zod';

const WithUsers = z.object({
  system: z.object({ users: z.array(z.object({ name: z.string(), passwordHash: z.unknown().optional() })) }),
});

/**
 * The users who can log in at a console: those with a password. Undefined where the definition does not tell.
 * @param definition with its defaults, as a build keeps it; hashes may be concealed
 */
export function namesWithPassword(definition: Readonly<Record<string, unknown>>): string[] | undefined {
  const read = WithUsers.safeParse(definition);
  if (!read.success) return undefined;
  return read.data.system.users.flatMap(({ name, passwordHash }) =>
    passwordHash === undefined || passwordHash === null ? [] : [name],
  );
}
