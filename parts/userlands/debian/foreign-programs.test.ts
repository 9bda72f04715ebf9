import { chmod, mkdir, mkdtemp, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Architecture, architectures, ownArchitecture, triplets } from '../../../src/architecture.ts';
import { NotedRoot } from '../../../test/fixtures/noted-root.ts';
import { parseElf } from './elf.ts';
import type { extractNative } from './extract-native.ts';
import { ForeignPrograms } from './foreign-programs.ts';

const own: Architecture = ownArchitecture() ?? 'x86_64';
const arch = architectures.find((name) => name !== own) ?? 'aarch64';
const library = `usr/lib/${triplets[own]}/libc.so.6`;

let folder = '';
let root: NotedRoot;
const at = (path: string) => join(root.path, path);
const text = async (path: string) => (await readFile(at(path))).subarray(64).toString();

/** An ELF file with some text behind its header. */
function elf(machine: Architecture, said: string, type = 3): Buffer {
  const header = Buffer.alloc(64);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
  header.writeUInt16LE(type, 16);
  header.writeUInt16LE(machine === 'x86_64' ? 62 : 183, 18);
  return Buffer.concat([header, Buffer.from(said)]);
}

async function put(base: string, files: Record<string, Buffer | string>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(base, path)), { recursive: true });
    await writeFile(join(base, path), content, { mode: path.endsWith('.txt') ? 0o644 : 0o755 });
  }
}

vi.mock('./extract-native.ts', () => ({
  extractNative: async (...[, { tree, tools }]: Parameters<typeof extractNative>) => {
    await put(tools, { qemu: 'emulator', busybox: 'shell' });
    await put(tree, {
      'usr/bin/sed': elf(own, 'sed of this machine'),
      'usr/bin/dpkg': elf(own, 'dpkg of this machine'),
      'usr/bin/unheard-of': elf(own, 'not in the image'),
      [library]: elf(own, 'library'),
      [`etc/ld.so.conf.d/${triplets[own]}.conf`]: `/usr/lib/${triplets[own]}\n`,
      'usr/lib64/ld.so.2': elf(own, 'loader'),
    });
  },
}));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-foreign-'));
  root = new NotedRoot(join(folder, 'root'), 0, () => undefined);
  await put(root.path, {
    'usr/bin/sed': elf(arch, 'sed'),
    'usr/bin/dpkg': elf(arch, 'dpkg'),
    'usr/bin/own': elf(arch, 'own'),
    'usr/bin/script': '#!/bin/sh\n',
    'usr/lib/libown.so.1': elf(arch, 'libown'),
    'usr/lib/modules/a.ko': elf(arch, 'module', 1),
    'var/lib/dpkg/status': '',
  });
  await symlink('sed', at('usr/bin/link'));
});
afterEach(() => rm(folder, { recursive: true }));

const open = async (more: object = {}) => {
  const options = { arch, native: { arch: own, packages: [] }, store: folder, work: folder, ...more };
  const programs = await ForeignPrograms.open(root, options, () => undefined);
  await programs?.addLibraries();
  await programs?.standIn();
  return programs;
};

test('there are none for an image of this machine', async () => {
  expect(await ForeignPrograms.open(root, { arch: own, native: undefined, store: '', work: '' }, () => undefined)).toBe(
    undefined,
  );
});

test('a lock without programs of this machine is refused, with the way out', async () => {
  for (const native of [undefined, { arch, packages: [] }])
    await expect(open({ native })).rejects.toMatchObject({ error: { code: 'assemble.foreign-architecture' } });
});

test('programs of this machine stand in for those of the image, an emulator runs the others', async () => {
  await open();
  expect(await text('usr/bin/sed')).toBe('sed of this machine');
  expect(await text('usr/bin/sed.ldf-foreign')).toBe('sed');
  // What it says depends on the architecture, though there would be a program of this machine.
  for (const name of ['dpkg', 'own'])
    expect(await readFile(at(`usr/bin/${name}`), 'utf8')).toBe(
      `#!/ldf-native/busybox sh\nexec /ldf-native/qemu -0 "$0" '/usr/bin/${name}.ldf-foreign' "$@"\n`,
    );
  expect(await text('usr/lib/libown.so.1')).toBe('libown');
  expect(await text('usr/lib/modules/a.ko')).toBe('module');
  expect(await root.exists('/usr/bin/unheard-of')).toBe(false);
  expect(await text(library)).toBe('library');
  expect(await root.exists('/etc/ld.so.conf.d')).toBe(false);
  expect(await readFile(at('lib64/ld.so.2'))).toBeTruthy();
});

test('the image has its own programs back, as scripts have left their stand-ins', async () => {
  const programs = await open();
  await chmod(at('usr/bin/sed'), 0o4711);
  await rename(at('usr/bin/own'), at('usr/bin/own.distrib'));
  await rm(at('usr/bin/dpkg'));
  await programs?.restore();
  expect(await text('usr/bin/sed')).toBe('sed');
  expect((await stat(at('usr/bin/sed'))).mode & 0o7777).toBe(0o4711);
  expect(await text('usr/bin/own.distrib')).toBe('own');
  for (const gone of ['/usr/bin/dpkg', '/usr/bin/own', '/ldf-native', `/${library}`, '/usr/lib64', '/lib64'])
    expect(await root.exists(gone)).toBe(false);
  expect(await root.exists(`/${dirname(library)}`)).toBe(false);
  for (const name of ['dpkg', 'own', 'own.distrib', 'sed'])
    expect(await root.exists(`/usr/bin/${name}.ldf-foreign`)).toBe(false);
});

test('a copy that a script has made of a stand-in is no part of an image', async () => {
  for (const name of ['sed', 'own']) {
    await rm(join(folder, 'native'), { recursive: true, force: true });
    const programs = await open();
    await writeFile(at('usr/bin/copy'), await readFile(at(`usr/bin/${name}`)));
    await expect(programs?.restore()).rejects.toThrow('/usr/bin/copy was copied from a program of');
    await rm(at('usr/bin/copy'));
    await programs?.restore();
  }
});

test('dpkg unpacks beside them, and diversions of packages stay', async () => {
  const programs = await open();
  const file = at('var/lib/dpkg/diversions');
  await programs?.beside(async () => {
    const text = await readFile(file, 'utf8');
    for (const path of ['/usr/bin/sed', '/bin/sed']) expect(text).toContain(`${path}\n${path}.ldf-foreign\n:\n`);
    await writeFile(file, `${text}/etc/x\n/etc/x.real\nsome-package\n`);
  });
  expect(await readFile(file, 'utf8')).toBe('/etc/x\n/etc/x.real\nsome-package\n');
  await programs?.beside(async () => undefined);
  expect(await root.exists('/var/lib/dpkg/diversions')).toBe(false);
});

test('an ELF file is read as far as it says whose it is', () => {
  expect(parseElf(elf('aarch64', '', 2))).toBe('aarch64');
  expect(parseElf(elf('x86_64', '', 3))).toBe('x86_64');
  expect(parseElf(elf('x86_64', '', 1))).toBeUndefined();
  expect(parseElf(Buffer.from('#!/bin/sh\n'))).toBeUndefined();
  const other = elf('x86_64', '');
  other[4] = 1;
  expect(parseElf(other)).toBeUndefined();
});
