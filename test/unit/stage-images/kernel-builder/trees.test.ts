import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseConfig } from '../../../../src/definition/dot-config.ts';
import { KeptTrees } from '../../../../stage-images/kernel-builder/build-tree.ts';
import { canFollow } from '../../../../stage-images/kernel-builder/compile.ts';

const folders = { root: '', before: '', next: '', build: '', scratch: '' };
const log: string[] = [];
let kept: KeptTrees;

beforeEach(async () => {
  folders.root = await mkdtemp(join(tmpdir(), 'ldf-trees-'));
  for (const name of ['before', 'next', 'build', 'scratch'] as const) {
    folders[name] = join(folders.root, name);
    await mkdir(folders[name]);
  }
  log.length = 0;
  kept = new KeptTrees(folders, (line) => log.push(line));
});
afterEach(() => rm(folders.root, { recursive: true, force: true }));

const origin = { arch: 'x86_64', sourceSha256: 'a'.repeat(64) };
const imageFile = () => join(folders.root, 'program.mjs');

async function archiveOf(changes: Partial<typeof origin> = {}, program = 'program'): Promise<string> {
  await writeFile(imageFile(), program);
  return kept.archive({ ...origin, ...changes }, [imageFile()]);
}

/** The engine makes what one run kept what the next one finds. */
async function passOn(): Promise<void> {
  await rm(folders.before, { recursive: true });
  await rename(folders.next, folders.before);
  await mkdir(folders.next);
}

async function emptyBuild(): Promise<string> {
  const build = join(folders.root, 'next');
  await rm(build, { recursive: true, force: true });
  await mkdir(build);
  return build;
}

test('a folder comes back as it was, with its dates to the nanosecond', async () => {
  const archive = await archiveOf();
  await mkdir(join(folders.build, 'init'));
  await writeFile(join(folders.build, 'init/main.o'), 'object');
  await utimes(join(folders.build, 'init/main.o'), 1_700_000_000.25, 1_700_000_000.25);
  await kept.keep(archive, folders);
  await passOn();
  const build = await emptyBuild();
  expect(await kept.restore(archive, build)).toBe(true);
  expect(await readFile(join(build, 'init/main.o'), 'utf8')).toBe('object');
  expect((await stat(join(build, 'init/main.o'))).mtimeMs).toBe(1_700_000_000_250);
  expect(log).toEqual([]);
});

test('what is linked anew in any case is left out', async () => {
  const archive = await archiveOf();
  for (const name of ['vmlinux', 'vmlinux.o', '.tmp_vmlinux.kallsyms1', 'ext4.ko', 'ext4.mod.o'])
    await writeFile(join(folders.build, name), name);
  await kept.keep(archive, folders);
  await passOn();
  const build = await emptyBuild();
  await kept.restore(archive, build);
  expect(await readdir(build)).toEqual(['ext4.mod.o']);
});

test('nothing comes back for another source, architecture or stage image', async () => {
  await kept.keep(await archiveOf(), folders);
  await passOn();
  const build = await emptyBuild();
  for (const archive of [
    await archiveOf({ arch: 'aarch64' }),
    await archiveOf({ sourceSha256: 'b'.repeat(64) }),
    await archiveOf({}, 'another program'),
  ])
    expect(await kept.restore(archive, build)).toBe(false);
  expect(await kept.restore(await archiveOf(), build)).toBe(true);
});

test('an archive that cannot be read is passed over, and the folder is empty again', async () => {
  const archive = await archiveOf();
  await writeFile(join(folders.build, 'main.o'), 'object'.repeat(10_000));
  await kept.keep(archive, folders);
  await passOn();
  const path = join(folders.before, archive);
  const bytes = await readFile(path);
  await writeFile(path, bytes.subarray(0, bytes.length - 5));
  await utimes(path, 1, 1);
  const build = await emptyBuild();
  expect(await kept.restore(archive, build)).toBe(false);
  expect(await readdir(build)).toEqual([]);
  expect(log.join()).toContain('built from scratch');
});

test('what was kept before is never written to, and what is kept says that it is complete', async () => {
  const archive = await archiveOf();
  await kept.keep(archive, folders);
  expect((await readdir(folders.next)).sort()).toEqual([archive, 'complete'].sort());
  await passOn();
  const before = await stat(join(folders.before, archive), { bigint: true });
  await writeFile(join(folders.build, 'more.o'), 'object');
  expect(await kept.restore(archive, await emptyBuild())).toBe(true);
  await kept.keep(archive, folders);
  expect((await stat(join(folders.before, archive), { bigint: true })).mtimeNs).toBe(before.mtimeNs);
  expect((await readdir(folders.before)).sort()).toEqual([archive, 'complete'].sort());
});

test('nothing comes back when the clock was set back since', async () => {
  const archive = await archiveOf();
  await kept.keep(archive, folders);
  await passOn();
  const later = Date.now() / 1000 + 3600;
  await utimes(join(folders.before, archive), later, later);
  expect(await kept.restore(archive, await emptyBuild())).toBe(false);
  expect(log.join()).toContain('the clock was set back');
});

test('a folder with files from the future is not kept', async () => {
  const later = Date.now() / 1000 + 3600;
  await writeFile(join(folders.build, 'main.o'), 'object');
  await utimes(join(folders.build, 'main.o'), later, later);
  await kept.keep(await archiveOf(), folders);
  expect(await readdir(folders.next)).toEqual([]);
});

test('a folder that cannot be kept fails nothing', async () => {
  await rm(folders.next, { recursive: true });
  await kept.keep('x.tar.zst', folders);
  expect(log.join()).toContain('is not kept for the next kernel');
});

test.each([
  ['# CONFIG_IKHEADERS is not set', true],
  ['CONFIG_IKCONFIG=y', true],
  ['CONFIG_IKHEADERS=m', false],
])('whether a kernel with "%s" may be built in the folder of another: %s', (config, expected) => {
  expect(canFollow(parseConfig(config))).toBe(expected);
});
