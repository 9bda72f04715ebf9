/**
 * What of a definition is seen only when the image is assembled, as the packages and not LDF decide it: so that nobody reads
 * more into "no problems" than was looked at. Pure.
 */
import type { Definition } from '../definition/definition.ts';
import { standingOf } from '../definition/locales.ts';
import { nearest } from '../definition/nearest.ts';
import { type ErrorDetail, maxDetails, printable } from '../errors.ts';
import { traitsOfInit, traitsOfUserland } from './userland.ts';

/** @param parts those that make the userland and set up the init; @returns at most `maxDetails`, the first of the definition first */
export function uncheckedWords(
  { system }: Definition,
  parts: { userland: string | undefined; init: string | undefined },
): ErrorDetail[] {
  const { users, services, locale } = system;
  const found: ErrorDetail[] = [];
  if (standingOf(locale) === 'open')
    found.push({
      pointer: '/system/locale',
      message: `${locale} is not among the usual locales; the build sees whether the release has it`,
      value: printable(locale),
    });
  const groups = new Set([...(traitsOfUserland(parts.userland)?.groups ?? []), ...users.map(({ name }) => name)]);
  users.forEach((user, index) => {
    user.groups.forEach((group, at) => {
      if (groups.has(group)) return;
      const [near] = nearest(group, groups, 1, 1);
      found.push({
        pointer: `/system/users/${index}/groups/${at}`,
        message: `a package must make the group ${group}; the build sees whether one does`,
        value: printable(group),
        ...(near === undefined ? {} : { hint: `Did you mean ${near}?` }),
      });
    });
  });
  // Where services are files, the plan knows them.
  if (traitsOfInit(parts.init)?.serviceFolder !== undefined) return found.slice(0, maxDetails);
  for (const list of ['enable', 'disable'] as const)
    services[list].forEach((service, at) => {
      found.push({
        pointer: `/system/services/${list}/${at}`,
        message: `a package must bring the service ${service}; the build sees whether one does`,
        value: printable(service),
      });
    });
  return found.slice(0, maxDetails);
}
