/** Who can log in to an image, as its definition says it. Pure. */
import type { SystemUser } from './definition.ts';

export interface Login {
  name: string;
  /** What it is let in with. */
  with: ('password' | 'SSH key')[];
  /** May become root. */
  sudo: boolean;
}

/** Those users who have a password or a key; root is locked unless it is one of them. */
export function loginsOf(users: readonly Pick<SystemUser, 'name' | 'passwordHash' | 'sshKeys' | 'sudo'>[]): Login[] {
  return users.flatMap(({ name, passwordHash, sshKeys, sudo }) => {
    const means: Login['with'] = [
      ...(passwordHash === undefined ? [] : (['password'] as const)),
      ...(sshKeys.length === 0 ? [] : (['SSH key'] as const)),
    ];
    return means.length === 0 ? [] : [{ name, with: means, sudo }];
  });
}

/** What a plan notes where nobody can. */
export const nobodyCanLogIn =
  'Nobody can log in to this image: no user has a password or an SSH key, and root is locked. Give a user of system.users a passwordHash or sshKeys, unless the image is meant to be without log-ins.';
