import { describe, expect, test } from 'vitest';
import { parseControl } from '../../deb822.ts';
import {
  inInstallOrder,
  newestReleaseDate,
  parseConflict,
  parseDebName,
  parseDependencies,
  parseInstallOrder,
  parsePrintUris,
  parseProviders,
  parseVersions,
  updateProblems,
  withInstalledSizes,
} from './apt-output.ts';

const hash = (digit: string) => digit.repeat(64);

const printed = [
  `'http://mirror.example/debian/pool/main/z/zlib/zlib1g_1.3.1-1%2bb1_amd64.deb' zlib1g_1%3a1.3.1-1+b1_amd64.deb 88720 SHA256:${hash('a')}`,
  `'http://mirror.example/debian/pool/main/b/base-files/base-files_13.8_amd64.deb' base-files_13.8_amd64.deb 72916 SHA256:${hash('b')}`,
  'Need to get 161 kB of archives.',
];

describe('where packages are', () => {
  test('name, version with epoch, architecture, size and hash of each', () => {
    expect(parsePrintUris(printed)[0]).toEqual({
      name: 'zlib1g',
      version: '1:1.3.1-1+b1',
      arch: 'amd64',
      url: 'http://mirror.example/debian/pool/main/z/zlib/zlib1g_1.3.1-1%2bb1_amd64.deb',
      filename: 'zlib1g_1%3a1.3.1-1+b1_amd64.deb',
      sizeBytes: 88720,
      sha256: hash('a'),
    });
    expect(parsePrintUris(printed)).toHaveLength(2);
  });

  test('what each takes when it is installed, where the archive says so of this very version', () => {
    const paragraphs = parseControl(
      [
        ...['Package: zlib1g', 'Version: 1:1.3.1-1+b1', 'Installed-Size: 171', ''],
        ...['Package: base-files', 'Version: 13.7', 'Installed-Size: 400'],
      ].join('\n'),
    );
    const sizes = withInstalledSizes(parsePrintUris(printed), paragraphs).map(({ installedBytes }) => installedBytes);
    expect(sizes).toEqual([171 * 1024, undefined]);
  });

  test('a line without a hash is not taken', () => {
    expect(parsePrintUris(["'http://mirror.example/a_1_all.deb' a_1_all.deb 10 "])).toEqual([]);
  });

  test('a file that is not named like a package is refused', () => {
    expect(() => parseDebName('notes.txt')).toThrow('notes.txt');
  });
});

describe('the order of installation', () => {
  const simulated = [
    'Inst base-files (13.8 Debian:13.1/stable [amd64])',
    'Conf base-files (13.8 Debian:13.1/stable [amd64])',
    'Inst zlib1g (1:1.3.1-1+b1 Debian:13.1/stable [amd64]) []',
  ];

  test('is that of the Inst lines', () => {
    expect(parseInstallOrder(simulated)).toEqual(['base-files', 'zlib1g']);
    expect(inInstallOrder(parseInstallOrder(simulated), parsePrintUris(printed)).map(({ name }) => name)).toEqual([
      'base-files',
      'zlib1g',
    ]);
  });

  test('a package that was not located is an error, and so is one too many', () => {
    expect(() => inInstallOrder(['base-files', 'other'], parsePrintUris(printed))).toThrow('other');
    expect(() => inInstallOrder(['base-files'], parsePrintUris(printed))).toThrow('1 packages but located 2');
  });
});

test('who provides each of several names', () => {
  const shown = [
    'Package: mail-transport-agent',
    'Versions: ',
    '',
    'Reverse Depends: ',
    '  at,mail-transport-agent',
    'Dependencies: ',
    'Provides: ',
    'Reverse Provides: ',
    'postfix 3.10.4-1 (= )',
    'exim4-daemon-light 4.98.2-1 (= )',
    'exim4-daemon-light 4.98.2-0 (= )',
    'Package: nothing',
    'Reverse Provides: ',
  ];
  expect(parseProviders(shown)).toEqual(
    new Map([
      ['mail-transport-agent', ['exim4-daemon-light', 'postfix']],
      ['nothing', []],
    ]),
  );
});

test('what a package depends on', () => {
  const shown = [
    'linux-image-cloud-amd64',
    '  Depends: linux-image-6.12.118+deb13-cloud-amd64',
    '  PreDepends: linux-base',
    ' |Depends: initramfs-tools',
    '  Depends: <linux-initramfs-tool>',
    '    dracut',
  ];
  const names = ['linux-image-6.12.118+deb13-cloud-amd64', 'linux-base', 'initramfs-tools', 'linux-initramfs-tool'];
  expect(parseDependencies(shown)).toEqual(names);
});

test("a conflict in apt's words, without its general remarks", () => {
  const lines = [
    'Reading package lists...',
    'Some packages could not be installed. This may mean that you have',
    'The following packages have unmet dependencies:',
    ' systemd-sysv : Conflicts: sysvinit-core but 3.14-4 is to be installed',
    'E: Unable to correct problems, you have held broken packages.',
    'E: The following information from --solver 3.0 may provide additional context:',
    '   1. systemd-sysv:amd64 is not selected for install',
  ];
  expect(parseConflict(lines)).toEqual([
    ' systemd-sysv : Conflicts: sysvinit-core but 3.14-4 is to be installed',
    '   1. systemd-sysv:amd64 is not selected for install',
  ]);
});

describe('release dates', () => {
  const release = (date: string) => `-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA256

Origin: Debian
Date: ${date}
SHA256:
 ${hash('c')} 100 main/binary-amd64/Packages
-----BEGIN PGP SIGNATURE-----

iQIzBAEBCAAdFiEE
-----END PGP SIGNATURE-----
`;

  test('the newest of several, in seconds', () => {
    const dates = ['Sat, 06 Sep 2025 10:00:00 UTC', 'Thu, 13 Nov 2025 20:16:18 UTC'];
    expect(newestReleaseDate(dates.map(release))).toBe(Date.UTC(2025, 10, 13, 20, 16, 18) / 1000);
  });

  test('none is an error', () => {
    expect(() => newestReleaseDate(['Origin: Debian\n'])).toThrow('no date');
  });
});

describe('why an update failed', () => {
  test('a suite that is not there', () => {
    const lines = [
      'Err:8 http://mirror.example/debian nosuch Release',
      '  404  Not Found [IP: 192.0.2.1 80]',
      "E: The repository 'http://mirror.example/debian nosuch Release' does not have a Release file.",
    ];
    expect(updateProblems(lines)).toMatchObject({ missing: ['nosuch'], unreachable: [] });
  });

  test('a network that does not answer', () => {
    const line =
      "E: Failed to fetch http://mirror.example/debian/dists/trixie/InRelease  Temporary failure resolving 'mirror.example'";
    expect(updateProblems([line])).toEqual({ missing: [], unreachable: [line.slice(3)], refused: [] });
  });

  test('an archive that apt does not trust', () => {
    const line = 'E: Release file for http://mirror.example/debian/dists/sid/InRelease is expired.';
    expect(updateProblems([line])).toEqual({ missing: [], unreachable: [], refused: [line.slice(3)] });
  });
});

test('the versions that each suite has', () => {
  const lines = [
    '     nginx | 1.26.3-3+deb13u1 | http://mirror.example/debian-security trixie-security/main amd64 Packages',
    '     nginx | 1:1.28-1~bpo13+1 | http://mirror.example/debian trixie-backports/main amd64 Packages',
    '     nginx |   1.26.3-3 | http://mirror.example/debian trixie/main Sources',
  ];
  expect(parseVersions(lines)).toEqual(
    new Map([
      [
        'nginx',
        [
          { version: '1.26.3-3+deb13u1', suite: 'trixie-security' },
          { version: '1:1.28-1~bpo13+1', suite: 'trixie-backports' },
        ],
      ],
    ]),
  );
});
