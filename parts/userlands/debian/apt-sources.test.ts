import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import { parseControl } from '../../deb822.ts';
import { archivesFor, formatSources, parseOneLine, parseStanzas, readSourceEntries } from './apt-sources.ts';

const oneLine = `# a comment
deb http://mirror.example/debian trixie main
deb [arch=amd64 signed-by=/etc/own.gpg check-valid-until=no] http://mirror.example/debian/ trixie-updates main contrib # note
deb-src http://mirror.example/debian trixie main
deb http://mirror.example/security trixie-security main
deb copy:/srv/packages ./
`;

const stanzas = `Types: deb deb-src
# where it was made
URIs: http://mirror.example/debian
Suites: trixie trixie-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/security
Suites: trixie-security
Components: main

Types: deb
Enabled: no
URIs: http://off.example/debian
Suites: trixie
Components: main
`;

const keyring = { 'Signed-By': '/usr/share/keyrings/debian-archive-keyring.gpg' };

describe('one-line lists', () => {
  test('binary archives with their options; comments, sources and local archives are left out', () => {
    expect(parseOneLine(oneLine)).toEqual([
      { uris: ['http://mirror.example/debian'], suites: ['trixie'], components: ['main'], trust: {} },
      {
        uris: ['http://mirror.example/debian/'],
        suites: ['trixie-updates'],
        components: ['main', 'contrib'],
        trust: { 'Signed-By': '/etc/own.gpg', 'Check-Valid-Until': 'no' },
      },
      { uris: ['http://mirror.example/security'], suites: ['trixie-security'], components: ['main'], trust: {} },
    ]);
  });
});

describe('deb822 sources', () => {
  test('enabled stanzas for binary packages', () => {
    expect(parseStanzas(stanzas).map(({ uris, suites }) => [uris, suites])).toEqual([
      [['http://mirror.example/debian'], ['trixie', 'trixie-updates']],
      [['http://mirror.example/security'], ['trixie-security']],
    ]);
  });

  test('a key inside Signed-By survives being written again', () => {
    const key = 'Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n AAAA\n -----END PGP PUBLIC KEY BLOCK-----';
    const entries = parseStanzas(
      `Types: deb\nURIs: http://mirror.example/d\nSuites: trixie\nComponents: main\n${key}\n`,
    );
    const written = formatSources(archivesFor('trixie', entries, 'trixie'));
    expect(parseControl(written)[0]?.get('signed-by')).toBe(parseControl(key)[0]?.get('signed-by'));
  });
});

describe('the archives of a suite', () => {
  test('come from the entries of the own release, with the suite replaced and the keyring filled in', () => {
    const archives = archivesFor('bookworm', parseStanzas(stanzas), 'trixie');
    expect(archives).toEqual([
      { uri: 'http://mirror.example/debian', suite: 'bookworm', components: ['main'], trust: keyring },
      { uri: 'http://mirror.example/debian', suite: 'bookworm-updates', components: ['main'], trust: keyring },
      { uri: 'http://mirror.example/security', suite: 'bookworm-security', components: ['main'], trust: keyring },
    ]);
  });

  test('one archive is enough', () => {
    const archives = archivesFor('trixie', parseOneLine('deb http://mirror.example/debian trixie main'), 'trixie');
    expect(archives.map(({ suite }) => suite)).toEqual(['trixie']);
  });

  test('a rolling release has neither updates nor security', () => {
    expect(archivesFor('sid', parseOneLine(oneLine), 'trixie').map(({ suite }) => suite)).toEqual(['sid']);
  });

  test("somebody's own archive is no Debian archive", () => {
    const entries = parseOneLine('deb http://own.example/node nodistro main');
    expect(() => archivesFor('trixie', entries, 'trixie')).toThrow(StageFailure);
  });
});

describe('reading /etc/apt', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ldf-apt-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('sources.list comes first, then both kinds of files by name', async () => {
    await mkdir(join(folder, 'sources.list.d'));
    await writeFile(join(folder, 'sources.list'), 'deb http://a.example/debian trixie main\n');
    await writeFile(join(folder, 'sources.list.d/z.list'), 'deb http://z.example/debian trixie main\n');
    await writeFile(join(folder, 'sources.list.d/b.sources'), stanzas);
    await writeFile(join(folder, 'sources.list.d/b.sources.save'), stanzas);
    expect((await readSourceEntries(folder)).map(({ uris }) => uris[0])).toEqual([
      'http://a.example/debian',
      'http://mirror.example/debian',
      'http://mirror.example/security',
      'http://z.example/debian',
    ]);
  });
});
