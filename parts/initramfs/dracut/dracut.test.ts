import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { partFile } from '../../part-file.ts';
import type { InitramfsJob } from '../initramfs.ts';
import { dracut, errorsIn } from './dracut.ts';
import { libraryTable, readScan } from './libraries.ts';

const scanned = [
  'usr/bin/sh||/lib64/ld-linux-x86-64.so.2|libc.so.6',
  'usr/lib/systemd/systemd|/usr/lib/x86_64-linux-gnu/systemd|/lib64/ld-linux-x86-64.so.2|libshared.so,libc.so.6',
  'usr/lib/x86_64-linux-gnu/systemd/libshared.so|$ORIGIN||libc.so.6,libm.so.6,libgone.so.1',
  'usr/lib/x86_64-linux-gnu/libc.so.6|-||-',
  'usr/lib/x86_64-linux-gnu/libm-2.41.so|||libc.so.6',
  'scanelf: usr/lib/broken: Invalid section header info (2)',
  '',
].join('\n');

describe('what programs are linked with', () => {
  const files = readScan(scanned);
  /** Of what is installed, where each path leads to. */
  const paths: Readonly<Record<string, string>> = {
    '/usr/lib/x86_64-linux-gnu/libc.so.6': '/usr/lib/x86_64-linux-gnu/libc.so.6',
    '/usr/lib/x86_64-linux-gnu/libm.so.6': '/usr/lib/x86_64-linux-gnu/libm-2.41.so',
    '/usr/lib/x86_64-linux-gnu/systemd/libshared.so': '/usr/lib/x86_64-linux-gnu/systemd/libshared.so',
  };
  const folders = ['/usr/local/lib', '/usr/lib/x86_64-linux-gnu'];
  const table = libraryTable(files, folders, (path) => paths[path]);

  test('is read as scanelf says it, its own remarks left out', () => {
    expect(files.map(({ path }) => path)).toHaveLength(5);
    expect(files[2]).toEqual({
      path: '/usr/lib/x86_64-linux-gnu/systemd/libshared.so',
      runPath: ['/usr/lib/x86_64-linux-gnu/systemd'],
      interpreter: undefined,
      needed: ['libc.so.6', 'libm.so.6', 'libgone.so.1'],
    });
    expect(files[3]).toMatchObject({ runPath: [], needed: [] });
  });

  test('is everything that libraries take besides, each once, in folders of their own first; and the loader', () => {
    const lines = new Map(table.split('\n').map((line) => [line.split('\t')[0], line.split('\t').slice(1)]));
    expect(lines.get('/usr/bin/sh')).toEqual(['/usr/lib/x86_64-linux-gnu/libc.so.6', '/lib64/ld-linux-x86-64.so.2']);
    expect(lines.get('/usr/lib/systemd/systemd')).toEqual([
      '/usr/lib/x86_64-linux-gnu/systemd/libshared.so',
      '/usr/lib/x86_64-linux-gnu/libc.so.6',
      '/usr/lib/x86_64-linux-gnu/libm.so.6',
      '/lib64/ld-linux-x86-64.so.2',
    ]);
  });

  test('is told of a file of the root file system, in place of ldd(1)', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ldf-ldd-'));
    mkdirSync(join(folder, 'root/usr/bin'), { recursive: true });
    writeFileSync(join(folder, 'root/usr/bin/sh'), '');
    writeFileSync(join(folder, 'table'), table);
    const env = { PATH: process.env.PATH, SYSROOT: join(folder, 'root'), LIBRARIES: join(folder, 'table') };
    const said = (path: string) =>
      execFileSync(partFile('initramfs/dracut/ldd').pathname, [join(folder, path)], { env, encoding: 'utf8' });
    expect(said('root/usr/bin/sh')).toBe('\t/usr/lib/x86_64-linux-gnu/libc.so.6\n\t/lib64/ld-linux-x86-64.so.2\n');
    expect(said('root/usr/bin/none')).toBe('');
  });
});

test('a root file system that is never written is refused', async () => {
  const job = { overlay: true, verity: false } as InitramfsJob;
  await expect(dracut.make({}).make(job)).rejects.toThrow('this one is never written');
});

test.each([
  // Of release 106, and of 059, which has no levels.
  ["dracut[E]: Module 'crypt' cannot be found.", ["Module 'crypt' cannot be found."]],
  [
    "dracut: dracut module 'crypt' cannot be found or installed.",
    ["dracut module 'crypt' cannot be found or installed."],
  ],
  ['dracut[F]: Creation of /ldf/out/initrd failed', ['Creation of /ldf/out/initrd failed']],
  ['dracut: FAILED: dracut-install -D /tmp -a sh', ['FAILED: dracut-install -D /tmp -a sh']],
  ["dracut[I]: Module 'overlayfs' will not be installed, because kernel module 'overlay' is not available!", []],
  ["dracut: dracut module 'mksh' will not be installed, because command 'mksh' could not be found!", []],
  ['Skipping program $env{ID_MODEL} as it cannot be found', []],
])('an error of dracut is told from its other remarks: %s', (line, errors) => {
  expect(errorsIn(line)).toEqual(errors);
});
