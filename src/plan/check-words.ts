/** What can be said of a definition's own words without asking anybody: its time zone, its locale, the size of its disk. Pure. */
import type { Definition } from '../definition/definition.ts';
import { nearLocales, standingOf } from '../definition/locales.ts';
import { isTimeZone, nearTimeZones } from '../definition/time-zone.ts';
import type { Problems } from './problems.ts';

/** MiB. An EFI system partition of FAT32 takes 33, and no root file system with a package manager fits what is left of this. */
const leastImageMiB = 64;

export function checkWords({ system, image }: Definition, problems: Problems): void {
  const { timezone, locale } = system;
  if (!isTimeZone(timezone))
    problems.add('/system/timezone', `${timezone} is no time zone of the tz database`, {
      value: timezone,
      hint: didYouMean(nearTimeZones(timezone), 'Use Area/City, such as Europe/Berlin, or Etc/UTC.'),
    });
  if (standingOf(locale) === 'unknown')
    problems.add('/system/locale', `there is no locale ${locale}`, {
      value: locale,
      hint: didYouMean(nearLocales(locale), 'Use a language and a country, such as en_US.UTF-8, or C.UTF-8.'),
    });
  if (sizeMiB(image.size) < leastImageMiB)
    problems.add(
      '/image/size',
      `${image.size} is too small for any system: an image takes at least ${leastImageMiB}M`,
      {
        value: image.size,
        hint: 'Use auto, which fits the content, or a size such as 2G.',
      },
    );
}

/** As `ImageSize` keeps it; `auto` is as large as need be. */
function sizeMiB(size: string): number {
  const [, count, unit] = /^([0-9]+)([MGT])$/.exec(size) ?? [];
  if (count === undefined || unit === undefined) return Number.POSITIVE_INFINITY;
  return Number(count) * 1024 ** 'MGT'.indexOf(unit);
}

export function didYouMean(near: readonly string[], otherwise: string): string {
  return near.length > 0 ? `Did you mean ${near.join(', ')}?` : otherwise;
}
