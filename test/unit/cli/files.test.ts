import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { explainByLine, readDefinitionFile } from '../../../src/cli/files/definition-file.ts';
import { lockPathOf, readLockFile, writeLockFile } from '../../../src/cli/files/lock-file.ts';
import { writeSparseFile } from '../../../src/cli/files/sparse-file.ts';
import { withLines } from '../../../src/cli/files/yaml-lines.ts';
import { LdfError } from '../../../src/errors.ts';
import type { Lock } from '../../../src/stages/lock.ts';
import { placeAtomically } from '../../../src/write-atomically.ts';
import { testTerminal } from './terminal.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-cli-files-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function* pieces(content: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < content.length; start += size) yield content.subarray(start, start + size);
}

async function problemOf(action: Promise<unknown>): Promise<LdfError> {
  const error = await action.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof LdfError) return error;
  throw new Error('no LdfError was thrown', { cause: error });
}

const writeSparse = (
  path: string,
  content: AsyncIterable<Uint8Array>,
  options: Parameters<typeof writeSparseFile>[2],
) => placeAtomically(path, (file) => writeSparseFile(file, content, options));

describe('the sparse writer', () => {
  // 16 MiB with 3 bytes of data across a block boundary, and zeros at the end.
  const content = Buffer.alloc(16 << 20);
  content.write('abc', 8191);
  const sha256 = createHash('sha256').update(content).digest('hex');

  it.each([1000, 4096, 65536, 16 << 20])('keeps holes whatever the size of the pieces (%d bytes)', async (size) => {
    const path = join(folder, 'disk.raw');
    let told = 0;
    const written = await writeSparse(path, pieces(content, size), {
      sparse: true,
      onBytes: (bytes) => (told += bytes),
    });
    expect(written).toEqual({ sizeBytes: content.length, sha256 });
    expect(told).toBe(content.length);
    expect((await readFile(path)).equals(content)).toBe(true);
    // stat(2): blocks of 512 bytes. Two blocks of 4 KiB hold data; a file system may take more for its own ends.
    expect((await stat(path)).blocks * 512).toBeLessThan(1 << 20);
  });

  it('writes every byte when no holes are wanted', async () => {
    const path = join(folder, 'disk.qcow2');
    await writeSparse(path, pieces(content, 65536), { sparse: false });
    expect((await stat(path)).blocks * 512).toBeGreaterThanOrEqual(content.length);
  });

  it('writes an empty file, and replaces a longer one', async () => {
    const path = join(folder, 'empty');
    await writeFile(path, 'something longer');
    expect(await writeSparse(path, pieces(Buffer.alloc(0), 1), { sparse: true })).toMatchObject({ sizeBytes: 0 });
    expect((await stat(path)).size).toBe(0);
  });
});

const lock: Lock = { version: 1, arch: 'x86_64' };

describe('the lock beside a definition', () => {
  it.each([
    ['/a/distro.yaml', '/a/distro.lock'],
    ['/a/distro.yml', '/a/distro.lock'],
    ['/a/my.edge.json', '/a/my.edge.lock'],
    ['/a/distro', '/a/distro.lock'],
    ['/a.yaml/distro.conf', '/a.yaml/distro.conf.lock'],
  ])('of %s is %s', (path, expected) =>
    expect(lockPathOf({ path, definition: { arch: 'x86_64' } }, 'x86_64')).toBe(expected),
  );

  it("has the architecture in its name when that is not the definition's own", () => {
    expect(lockPathOf({ path: '/a/distro.yaml', definition: { arch: 'x86_64' } }, 'aarch64')).toBe(
      '/a/distro.aarch64.lock',
    );
  });

  it('is read back as it was written, and written only when it says something new', async () => {
    const path = join(folder, 'distro.lock');
    expect(await readLockFile(path, 'x86_64')).toBeUndefined();
    expect(await writeLockFile(path, undefined, lock)).toBe(true);
    expect(await readFile(path, 'utf8')).toBe('{\n  "version": 1,\n  "arch": "x86_64"\n}\n');
    const read = await readLockFile(path, 'x86_64');
    expect(read).toEqual(lock);
    expect(await writeLockFile(path, read, { arch: 'x86_64', version: 1 })).toBe(false);
    expect(await readdir(folder)).toEqual(['distro.lock']);
  });

  it('is refused when it is malformed or for another architecture', async () => {
    const path = join(folder, 'distro.lock');
    await writeFile(path, '{"version": 1, "arch": "x86_64", "kernel": {}');
    expect(await problemOf(readLockFile(path, 'x86_64'))).toMatchObject({ code: 'lock.invalid' });
    await writeFile(path, '{"version": 2, "arch": "x86_64"}');
    expect((await problemOf(readLockFile(path, 'x86_64'))).details[0]).toMatchObject({
      pointer: '/version',
      value: '2',
    });
    await writeFile(path, JSON.stringify(lock));
    const problem = await problemOf(readLockFile(path, 'aarch64'));
    expect(problem.message).toBe('The lock distro.lock is for x86_64, the definition for aarch64.');
    expect(problem.hint).toContain('distro.lock');
  });

  it('is not left half written where there is no place for it', async () => {
    const problem = await problemOf(writeLockFile(join(folder, 'missing', 'distro.lock'), undefined, lock));
    expect(problem).toMatchObject({ code: 'usage', hint: 'Check the path.' });
  });
});

describe('a definition file', () => {
  const write = (text: string) => writeFile(join(folder, 'distro.yaml'), text);
  const read = () => readDefinitionFile('distro.yaml', testTerminal({ cwd: folder }));

  it('is sent as it was written and known with its defaults', async () => {
    await write('name: edge\narch: x86_64\n');
    const file = await read();
    expect(file.value).toEqual({ name: 'edge', arch: 'x86_64' });
    expect(file.definition.init).toBe('systemd');
    expect(file.path).toBe(join(folder, 'distro.yaml'));
  });

  it('brings the text of the kernel configuration it names', async () => {
    await writeFile(join(folder, 'my.config'), 'CONFIG_X=y\n');
    await write(
      'name: edge\narch: x86_64\nkernel:\n  version: "6.12"\n  config:\n    base: ./my.config\n    options: { CONFIG_Y: m }\n',
    );
    expect((await read()).value).toEqual({
      name: 'edge',
      arch: 'x86_64',
      kernel: { version: '6.12', config: { base: { content: 'CONFIG_X=y\n' }, options: { CONFIG_Y: 'm' } } },
    });
  });

  it('says so when that file is missing', async () => {
    await write('name: edge\narch: x86_64\nkernel:\n  config:\n    base: ../nosuch.config\n');
    const problem = await problemOf(read());
    expect(problem.code).toBe('definition.invalid');
    expect(problem.details[0]).toMatchObject({
      pointer: '/kernel/config/base',
      value: '../nosuch.config',
      message: 'line 5: cannot be read: no such file or directory.',
    });
  });

  it('brings the base and the fragments it names as files', async () => {
    await writeFile(join(folder, 'my.config'), 'CONFIG_X=y\n');
    await writeFile(join(folder, 'less.config'), '# CONFIG_Z is not set\n');
    await write(
      'name: edge\narch: x86_64\nkernel:\n  config:\n    base: { file: my.config }\n    fragments:\n      - file: less.config\n      - { name: own, content: CONFIG_Y=m }\n',
    );
    expect((await read()).definition.kernel.config).toEqual({
      base: { content: 'CONFIG_X=y\n' },
      fragments: [
        { name: 'less.config', content: '# CONFIG_Z is not set\n' },
        { name: 'own', content: 'CONFIG_Y=m' },
      ],
      options: {},
    });
    await rm(join(folder, 'less.config'));
    expect((await problemOf(read())).details).toMatchObject([
      { pointer: '/kernel/config/fragments/0/file', message: 'line 7: cannot be read: no such file or directory.' },
    ]);
  });

  it('brings the patches it names', async () => {
    await writeFile(join(folder, '0001-fix.patch'), '--- a/x\n');
    await write(
      'name: edge\narch: x86_64\nkernel:\n  patches:\n    - file: 0001-fix.patch\n    - { name: own, content: text }\n',
    );
    expect((await read()).definition.kernel.patches).toEqual([
      { name: '0001-fix.patch', content: '--- a/x\n' },
      { name: 'own', content: 'text' },
    ]);
    await rm(join(folder, '0001-fix.patch'));
    expect((await problemOf(read())).details[0]).toMatchObject({
      pointer: '/kernel/patches/0/file',
      value: '0001-fix.patch',
      message: 'line 5: cannot be read: no such file or directory.',
    });
  });

  it('names every problem with its line', async () => {
    await write(
      'name: Edge Gateway\narch: x86_64\nsystem:\n  users:\n    - name: ops\n    - name: 7\nimage: { sise: 2G }\n',
    );
    const problem = await problemOf(read());
    expect(problem.message).toBe('distro.yaml: The definition has 3 problems.');
    expect(problem.details.map(({ pointer, message }) => `${pointer} ${message.split(':')[0]}`)).toEqual([
      '/name line 1',
      '/system/users/1/name line 6',
      '/image/sise line 7',
    ]);
  });

  it('names line and column of text that is no YAML', async () => {
    await write('name: edge\n\tarch: x86_64\n');
    const problem = await problemOf(read());
    expect(problem.details[0]?.message).toMatch(/^line 2, column \d+: /);
  });

  it('names the file that cannot be read', async () => {
    expect(await problemOf(read())).toMatchObject({
      code: 'usage',
      message: 'The definition distro.yaml cannot be read: no such file or directory.',
      hint: 'Check the path.',
    });
    expect(await problemOf(readDefinitionFile('.', testTerminal({ cwd: folder })))).toMatchObject({
      code: 'usage',
      hint: 'Give a file, not a folder.',
    });
  });

  it('leads a problem that the server finds back to its line, and leaves other errors alone', async () => {
    const file = { name: 'd.yaml', text: 'name: edge\nbootloader: lilo\n' };
    const impossible = new LdfError('definition.impossible', 'No.', {
      details: [{ pointer: '/definition/bootloader', message: 'is unknown' }],
    });
    const problem = await problemOf(explainByLine(file, () => Promise.reject(impossible)));
    expect(problem.details).toEqual([{ pointer: '/bootloader', message: 'line 2: is unknown' }]);
    const other = new LdfError('queue.full', 'Full.');
    expect(await problemOf(explainByLine(file, () => Promise.reject(other)))).toBe(other);
  });
});

describe('lines of a YAML text', () => {
  const lineOf = (text: string, pointer: string) => withLines(text, [{ pointer, message: 'x' }])[0]?.message;

  it('are those of the nearest part that was written', () => {
    const text = 'a:\n  "b/c":\n    - 1\n    - { d: 2 }\n';
    expect(lineOf(text, '/a/b~1c/1/d')).toBe('line 4: x');
    expect(lineOf(text, '/a/b~1c/7')).toBe('line 2: x');
    expect(lineOf(text, '/nothing')).toBe('x');
    expect(lineOf(text, '')).toBe('x');
  });
});
