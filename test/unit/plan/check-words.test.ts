/** A definition's own words, judged while it is written. */
import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../src/catalog/catalog.ts';
import { parseDefinition } from '../../../src/definition/parse.ts';
import { LdfError } from '../../../src/errors.ts';
import { checkPackageNames, suitePackages } from '../../../src/plan/package-names.ts';
import { planBuild } from '../../../src/plan/plan.ts';
import { Problems } from '../../../src/plan/problems.ts';
import { uncheckedWords } from '../../../src/plan/unchecked.ts';
import { fromComponent, fromDefinition } from '../../../src/stages/origin.ts';

const catalog = await loadCatalog('components');
const definitionWith = (more: object) => parseDefinition({ name: 'gw', arch: 'x86_64', ...more });

function problems(more: object) {
  try {
    planBuild({ definition: definitionWith(more), catalog, boot: true });
    return [];
  } catch (error) {
    if (error instanceof LdfError) return error.details;
    throw error;
  }
}

describe('a time zone', () => {
  it.each(['Europe/Berlin', 'Etc/UTC', 'UTC', 'Etc/GMT+5', 'US/Pacific', 'Asia/Calcutta', 'GMT'])('%s is one', (zone) =>
    expect(problems({ system: { timezone: zone } })).toEqual([]),
  );
  it.each([
    ['Mars/Olympus', 'Use Area/City, such as Europe/Berlin, or Etc/UTC.'],
    ['Europe/Berlim', 'Did you mean Europe/Berlin?'],
    ['europe/berlin', 'Did you mean Europe/Berlin?'],
    ['Berlin', 'Did you mean Europe/Berlin?'],
    ['+0100', 'Use Area/City, such as Europe/Berlin, or Etc/UTC.'],
  ])('%s is none', (timezone, hint) =>
    expect(problems({ system: { timezone } })).toEqual([
      {
        pointer: '/system/timezone',
        message: `${timezone} is no time zone of the tz database`,
        value: JSON.stringify(timezone),
        hint,
      },
    ]),
  );
});

describe('a locale', () => {
  it.each(['en_US.UTF-8', 'ca_ES@valencia', 'C.UTF-8', 'POSIX', 'aa_ER@saaho'])('%s is one', (locale) => {
    expect(problems({ system: { locale } })).toEqual([]);
    expect(uncheckedWords(definitionWith({ system: { locale } }), { userland: 'debian', init: 'systemd' })).toEqual([]);
  });
  it.each([
    ['xx_YY.UTF-8', 'Use a language and a country, such as en_US.UTF-8, or C.UTF-8.'],
    ['de_DF.UTF-8', 'Did you mean de_DE.UTF-8, de_AT.UTF-8, de_BE.UTF-8?'],
  ])('%s is none', (locale, hint) =>
    expect(problems({ system: { locale } })).toMatchObject([{ pointer: '/system/locale', hint }]),
  );
  it('of a language and a country that there are is left to the release', () => {
    expect(problems({ system: { locale: 'en_DE' } })).toEqual([]);
    expect(
      uncheckedWords(definitionWith({ system: { locale: 'en_DE' } }), { userland: 'debian', init: 'systemd' }),
    ).toMatchObject([{ pointer: '/system/locale', value: '"en_DE.UTF-8"' }]);
  });
});

it.each(['1M', '63M'])('a disk of %s is refused: no system fits', (size) =>
  expect(problems({ image: { size } })).toEqual([
    {
      pointer: '/image/size',
      message: `${size} is too small for any system: an image takes at least 64M`,
      value: JSON.stringify(size),
      hint: 'Use auto, which fits the content, or a size such as 2G.',
    },
  ]),
);

it.each(['64M', '1G', '1T', 'auto'])('a disk of %s may do', (size) =>
  expect(problems({ image: { size } })).toEqual([]),
);

it('what packages make is said to be open, with what a misspelt group may have meant', () => {
  const users = [{ name: 'ops', groups: ['sudo', 'docker', 'sudoo', 'dev'] }, { name: 'dev' }];
  const definition = definitionWith({ system: { users, services: { enable: ['nginx'], disable: ['cron'] } } });
  expect(uncheckedWords(definition, { userland: 'debian', init: 'systemd' })).toMatchObject([
    { pointer: '/system/users/0/groups/1', value: '"docker"' },
    { pointer: '/system/users/0/groups/2', value: '"sudoo"', hint: 'Did you mean sudo?' },
    { pointer: '/system/services/enable/0', value: '"nginx"' },
    { pointer: '/system/services/disable/0', value: '"cron"' },
  ]);
  expect(uncheckedWords(definitionWith({}), { userland: 'debian', init: 'systemd' })).toEqual([]);
});

describe('names of packages', () => {
  const suite = suitePackages([
    { name: 'curl' },
    { name: 'nginx' },
    { name: 'mawk', provides: ['awk'] },
    { name: 'exim4', provides: ['mta'] },
    { name: 'postfix', provides: ['mta'] },
  ]);
  const judged = (...texts: string[]) => {
    const found = new Problems();
    const asked = texts.map((text, at) => ({ text, from: fromDefinition(`/userland/packages/${at}`) }));
    checkPackageNames(asked, 'trixie', suite, found);
    return found.details;
  };

  it('are known with a version, of an updates suite, and when one package provides them', () => {
    expect(judged('curl', 'curl=1.0', 'nginx/trixie-security', 'awk', 'nothing-', 'new/trixie-backports')).toEqual([]);
  });

  it('are refused where they stand, with what may have been meant', () => {
    expect(judged('curl', 'ngnix', 'mta', 'wholly-unlike')).toEqual([
      {
        pointer: '/userland/packages/1',
        message: 'there is no package ngnix in trixie',
        value: '"ngnix"',
        hint: 'Did you mean nginx?',
      },
      {
        pointer: '/userland/packages/2',
        message: 'mta is a virtual package: others provide it',
        value: '"mta"',
        hint: 'Choose exim4, postfix.',
      },
      {
        pointer: '/userland/packages/3',
        message: 'there is no package wholly-unlike in trixie',
        value: '"wholly-unlike"',
        hint: 'Correct the name or remove it; another suite may have it.',
      },
    ]);
  });

  it('of a component are refused by naming it', () => {
    const found = new Problems();
    checkPackageNames([{ text: 'gone', from: fromComponent('init/own') }], 'trixie', suite, found);
    expect(found.details).toMatchObject([
      { pointer: '', message: 'there is no package gone in trixie, which init/own asks for' },
    ]);
  });
});
