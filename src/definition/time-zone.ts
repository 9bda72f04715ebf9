/** Time zones of the tz database: which there are, and which need no package. */
import { nearest } from './nearest.ts';

const utc = /^(Etc\/)?(UTC|UCT|Universal|Zulu)$/;

/** Whether a zone of the tz database is UTC by another name: a system without /etc/localtime keeps it (localtime(5)). */
export function isUtc(timezone: string): boolean {
  return utc.test(timezone);
}

/** Zones by their present names, as this program's own copy of the tz database has them. */
const zones: ReadonlySet<string> = new Set(Intl.supportedValuesOf('timeZone'));

/** Whether the tz database has a zone of that name, present or former; upper and lower case count. */
export function isTimeZone(timezone: string): boolean {
  if (zones.has(timezone) || isUtc(timezone)) return true;
  const known = presentName(timezone);
  // A present name in another case is none; of a former one the case is not known here.
  return known !== undefined && (known === timezone || known.toLowerCase() !== timezone.toLowerCase());
}

/** What may have been meant by a zone that there is not: the same in another case, then the nearest names. */
export function nearTimeZones(timezone: string): string[] {
  const known = presentName(timezone);
  if (known !== undefined) return [known];
  const city = timezone.split('/').at(-1)?.toLowerCase() ?? '';
  const ofCity = [...zones].filter((zone) => zone.toLowerCase().endsWith(`/${city}`));
  return [...new Set([...ofCity, ...nearest(timezone, zones, 3, maxReach)])].slice(0, 3);
}

const maxReach = 3;

/** ECMA-402 takes names in any case, former ones too, and distances from UTC, which are no zones. */
function presentName(timezone: string): string | undefined {
  if (!/^[A-Za-z]/.test(timezone)) return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: timezone }).resolvedOptions().timeZone;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
