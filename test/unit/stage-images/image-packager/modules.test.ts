import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TarArchive } from '../../../../parts/file-tree/tar-archive.ts';
import { readTarEntries } from '../../../../parts/file-tree/tar-entries.ts';
import { runTool } from '../../../../stage-images/contract/tool.ts';
import { indexModules } from '../../../../stage-images/image-packager/external-modules.ts';

/** In place of depmod(8), which the machine that tests need not have: lists the modules it would see. */
vi.mock('../../../../stage-images/contract/tool.ts', async (original) => {
  const real = await original<typeof import('../../../../stage-images/contract/tool.ts')>();
  const run: typeof real.runTool = async (tool, args, options) => {
    if (tool !== 'depmod') return real.runTool(tool, args, options);
    const base = args.find((arg) => arg.startsWith('--basedir='))?.slice('--basedir='.length) ?? '';
    const folder = join(base, 'lib/modules', args.at(-1) ?? '');
    const names = await readdir(folder, { recursive: true });
    const modules = names.filter((name) => name.endsWith('.ko')).sort();
    await writeFile(join(folder, 'modules.dep'), modules.map((name) => `${name}:\n`).join(''));
    return 0;
  };
  return { ...real, runTool: run };
});

const release = '6.12.0-test';
const folder = `usr/lib/modules/${release}`;
let scratch = '';
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'ldf-modules-'));
});
afterEach(() => rm(scratch, { recursive: true }));

async function tarOf(name: string, files: readonly string[]): Promise<string> {
  for (const path of files) {
    await mkdir(dirname(join(scratch, name, path)), { recursive: true });
    await writeFile(join(scratch, name, path), '');
  }
  const archive = join(scratch, `${name}.tar`);
  await runTool('tar', ['--create', `--file=${archive}`, `--directory=${join(scratch, name)}`, './usr']);
  return archive;
}

const kernelFiles = ['modules.order', 'modules.builtin', 'modules.builtin.modinfo', 'kernel/vfat.ko'];

test('modules in the root file system stay there, and depmod sees them beside those of the kernel', async () => {
  const modules = await tarOf(
    'kernel',
    kernelFiles.map((name) => `${folder}/${name}`),
  );
  const rootfs = await tarOf('root', [
    'usr/bin/x',
    `${folder}/updates/dkms/acpi_call.ko`,
    `${folder}/updates/dkms/vfat.ko`,
  ]);
  const indexed = await indexModules(
    { modules, rootfs: new TarArchive(rootfs), release, sourceDate: 1_700_000_000 },
    join(scratch, 'work'),
  );
  const paths = (await readTarEntries(indexed)).entries.filter(({ kind }) => kind === 'file').map(({ path }) => path);
  expect(paths).toContain(`./${folder}/kernel/vfat.ko`);
  expect(paths.filter((path) => path.includes('/updates/'))).toEqual([]);
  await runTool('tar', ['--extract', `--file=${indexed}`, `--directory=${scratch}`]);
  const dep = await readFile(join(scratch, folder, 'modules.dep'), 'utf8');
  expect(dep.trim().split('\n')).toEqual(['kernel/vfat.ko:', 'updates/dkms/acpi_call.ko:', 'updates/dkms/vfat.ko:']);
});

test("without any, the kernel's own archive is taken as it is", async () => {
  const modules = await tarOf('kernel', [`${folder}/kernel/vfat.ko`]);
  const rootfs = await tarOf('root', ['usr/bin/x', `${folder}/build/Makefile`, 'usr/lib/modules/other/updates/x.ko']);
  const same = await indexModules(
    { modules, rootfs: new TarArchive(rootfs), release, sourceDate: 0 },
    join(scratch, 'work'),
  );
  expect(same).toBe(modules);
});
