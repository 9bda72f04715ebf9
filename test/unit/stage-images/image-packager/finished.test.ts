/** A kernel that comes finished: what holds in it, and how its package becomes what a compiled kernel would leave. */
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parseConfig } from '../../../../src/definition/dot-config.ts';
import { type CompileParams, compileFinishedContract } from '../../../../src/stages/compile/contract.ts';
import { fromComponent } from '../../../../src/stages/origin.ts';
import {
  type PrepareParams,
  prepareFinishedContract,
  type WantedOption,
} from '../../../../src/stages/prepare/contract.ts';
import { runProgram } from '../../../../stage-images/contract/program.ts';
import { judgeFinished } from '../../../../stage-images/image-packager/finished-options.ts';
import { packFinished } from '../../../../stage-images/image-packager/pack-finished.ts';
import { prepareFinished } from '../../../../stage-images/image-packager/prepare-finished.ts';
import { want } from '../kernel-builder/want.ts';

/** What depmod(8) was called with: the machine that tests need not have it. */
const depmod = vi.hoisted((): string[][] => []);
vi.mock('../../../../stage-images/contract/tool.ts', async (original) => {
  const real = await original<typeof import('../../../../stage-images/contract/tool.ts')>();
  const runTool: typeof real.runTool = async (tool, args, options) => {
    if (tool !== 'depmod') return real.runTool(tool, args, options);
    depmod.push([...args]);
    return 0;
  };
  return { ...real, runTool };
});

const release = '6.12.118+deb13-cloud-amd64';
const config = `# Linux
CONFIG_MODULES=y
CONFIG_EXT4_FS=y
CONFIG_VFAT_FS=m
# CONFIG_USB_SUPPORT is not set
CONFIG_LOG_BUF_SHIFT=17
CONFIG_DEFAULT_HOSTNAME="(none)"
`;

describe('the options of a packaged kernel', () => {
  const judged = (...options: WantedOption[]) => judgeFinished(options, parseConfig(config), `Linux ${release}`);

  test('that hold are fine, whoever asked for them', () => {
    const needed = { orModule: true, from: fromComponent('platform/uefi') };
    const options = [want('EXT4_FS', 'y'), want('VFAT_FS', 'm'), want('VFAT_FS', 'y', needed), want('NO_SUCH', 'n')];
    const values = [want('LOG_BUF_SHIFT', '17'), want('DEFAULT_HOSTNAME', '(none)'), want('USB_SUPPORT', 'n')];
    expect(judged(...options, ...values)).toEqual({ failure: undefined, notHeld: [] });
  });

  test('that do not are named at once, with the place and the way out', () => {
    const component = want('VFAT_FS', 'y', { from: fromComponent('platform/uefi') });
    const { failure } = judged(want('USB_SUPPORT', 'y'), want('NO_SUCH', 'm'), want('LOG_BUF_SHIFT', '18'), component);
    expect(failure?.fault).toBe('user');
    expect(failure?.error.code).toBe('kernel.option-not-held');
    expect(failure?.error.details).toMatchObject([
      {
        pointer: '/kernel/config/options/CONFIG_USB_SUPPORT',
        message: `CONFIG_USB_SUPPORT should be y, but in the packaged Linux ${release} it is n`,
        hint: expect.stringMatching(/cannot be changed: choose a kernel\.source that is compiled/),
      },
      { message: expect.stringMatching(/CONFIG_NO_SUCH should be m.* is off$/) },
      { message: expect.stringMatching(/CONFIG_LOG_BUF_SHIFT should be 18.* is 17$/) },
      {
        pointer: '/kernel/source',
        message: expect.stringMatching(/^platform\/uefi asks for CONFIG_VFAT_FS=y, .* is m$/),
      },
    ]);
  });

  test('that are defaults or optional wishes of components give way, and are told', () => {
    const { failure, notHeld } = judged(
      want('USB_SUPPORT', 'y', { from: fromComponent('platform/linux'), strength: 'default' }),
      want('MITIGATION', 'y', { from: fromComponent('platform/linux'), strength: 'optional' }),
    );
    expect(failure).toBeUndefined();
    expect(notHeld.map(({ symbol }) => symbol)).toEqual(['CONFIG_USB_SUPPORT', 'CONFIG_MITIGATION']);
  });
});

describe('the stages of a packaged kernel', () => {
  const part = { use: 'debian-binary', params: { suite: 'trixie', package: 'linux-image-cloud-amd64' } };
  let folder = '';
  const key = 'f'.repeat(64);
  const sourceDate = 1_750_000_000;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ldf-packaged-'));
    depmod.length = 0;
    vi.spyOn(console, 'log').mockReturnValue(undefined);
    vi.spyOn(console, 'error').mockReturnValue(undefined);
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await rm(folder, { recursive: true });
  });

  const write = async (path: string, text: string) => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  };

  /** Puts a package with these files into the source store, and returns what a lock says of it. */
  async function storePackage(files: Record<string, string>) {
    const tree = join(folder, 'deb');
    for (const [path, text] of Object.entries(files)) await write(join(tree, path), text);
    const name = `linux-image-${release}`;
    await write(
      join(tree, 'DEBIAN/control'),
      `Package: ${name}\nVersion: 6.12.118-1\nArchitecture: amd64\nMaintainer: A <a@example>\nDescription: a\n`,
    );
    const deb = join(folder, 'a.deb');
    await execa('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', tree, deb]);
    const content = await readFile(deb);
    const sha256 = createHash('sha256').update(content).digest('hex');
    await mkdir(join(folder, 'prepare/ldf/sources/sha256'), { recursive: true });
    await writeFile(join(folder, 'prepare/ldf/sources/sha256', sha256), content);
    const filename = `${name}_6.12.118-1_amd64.deb`;
    return { name, version: '6.12.118-1', arch: 'amd64', filename, sha256, sizeBytes: content.length };
  }

  async function run(stage: 'prepare' | 'compile', params: PrepareParams | CompileParams) {
    const root = join(folder, stage);
    await write(
      join(root, 'ldf/out/request.json'),
      JSON.stringify({ contract: 1, stage, arch: 'x86_64', key, params }),
    );
    await mkdir(join(root, 'ldf/work'), { recursive: true });
    await runProgram(
      {
        prepare: { contract: prepareFinishedContract, run: prepareFinished },
        compile: { contract: compileFinishedContract, run: packFinished },
      },
      root,
    );
    return JSON.parse(await readFile(join(root, 'ldf/out/result.json'), 'utf8'));
  }

  const kernelFiles = (modules: string) => ({
    [`boot/vmlinuz-${release}`]: 'kernel',
    [`boot/config-${release}`]: config,
    [`boot/System.map-${release}`]: 'map',
    [`${modules}/${release}/modules.builtin`]: '',
    [`${modules}/${release}/kernel/fs/fat/vfat.ko.xz`]: 'module',
    'usr/share/doc/a': 'nobody reads this',
  });
  const prepared = (source: Awaited<ReturnType<typeof storePackage>>, options: WantedOption[] = []) =>
    run('prepare', { form: 'binary', source: part, version: '6.12.118', sources: [source], options, sourceDate });

  test.each(['usr/lib/modules', 'lib/modules'])('make of its files what compiling leaves (%s)', async (modules) => {
    const source = await storePackage(kernelFiles(modules));
    const unpacked = await prepared(source, [want('EXT4_FS', 'y')]);
    expect(unpacked).toMatchObject({ ok: true, data: { release, builtIn: 2, modules: 1, notHeld: [] } });

    await mkdir(join(folder, 'compile/ldf/in'), { recursive: true });
    await execa('mv', [join(folder, 'prepare/ldf/out'), join(folder, 'compile/ldf/in/prepare')]);
    const packed = await run('compile', { form: 'binary', sourceDate });
    expect(packed).toMatchObject({ ok: true, data: { release, image: 'vmlinuz', modules: 'modules.tar' } });
    const out = join(folder, 'compile/ldf/out');
    expect(await readFile(join(out, 'vmlinuz'), 'utf8')).toBe('kernel');
    expect(await readFile(join(out, 'config'), 'utf8')).toBe(config);
    expect(depmod).toEqual([['--all', `--basedir=${join(folder, 'compile/ldf/work/modules')}`, release]]);
    const listed = await execa('tar', [
      '--list',
      '--verbose',
      '--numeric-owner',
      '--utc',
      '-f',
      join(out, 'modules.tar'),
    ]);
    expect(
      listed.stdout.split('\n').map((line) =>
        line
          .split(/\s+/)
          .slice(0, 2)
          .concat(line.split(' ').at(-1) ?? ''),
      ),
    ).toEqual([
      ['drwxr-xr-x', '0/0', `./usr/lib/modules/${release}/`],
      ['drwxr-xr-x', '0/0', `./usr/lib/modules/${release}/kernel/`],
      ['drwxr-xr-x', '0/0', `./usr/lib/modules/${release}/kernel/fs/`],
      ['drwxr-xr-x', '0/0', `./usr/lib/modules/${release}/kernel/fs/fat/`],
      ['-rw-r--r--', '0/0', `./usr/lib/modules/${release}/kernel/fs/fat/vfat.ko.xz`],
      ['-rw-r--r--', '0/0', `./usr/lib/modules/${release}/modules.builtin`],
    ]);
    expect(listed.stdout).toContain('2025-06-15 15:06');
  });

  test('take the device trees that are asked for, and name those that there are not', async () => {
    const tree = `usr/lib/linux-image-${release}/acme/a.dtb`;
    const source = await storePackage({ ...kernelFiles('usr/lib/modules'), [tree]: 'tree' });
    await prepared(source);
    await cp(join(folder, 'prepare/ldf/out'), join(folder, 'compile/ldf/in/prepare'), { recursive: true });
    const asked = (deviceTrees: string[]) => run('compile', { form: 'binary', sourceDate, deviceTrees });
    expect(await asked(['acme/a.dtb'])).toMatchObject({ ok: true });
    const { stdout } = await execa('tar', ['--list', '--file', join(folder, 'compile/ldf/out/modules.tar')]);
    expect(stdout).toContain(`./usr/lib/modules/${release}/dtb/acme/a.dtb`);
    await rm(join(folder, 'compile/ldf/work'), { recursive: true });
    expect(await asked(['acme/b.dtb'])).toMatchObject({
      error: {
        code: 'kernel.device-tree-unknown',
        details: [{ value: 'acme/b.dtb', hint: expect.stringContaining('acme/a.dtb') }],
      },
    });
  });

  test('end where an option does not hold', async () => {
    const result = await prepared(await storePackage(kernelFiles('usr/lib/modules')), [want('USB_SUPPORT', 'y')]);
    expect(result).toMatchObject({ ok: false, error: { code: 'kernel.option-not-held' } });
  });

  test('refuse a package that holds no kernel, or more than one', async () => {
    const invalid = { ok: false, error: { code: 'kernel.package-invalid' } };
    expect(await prepared(await storePackage({ 'usr/share/doc/a': 'empty' }))).toMatchObject(invalid);
    await rm(join(folder, 'prepare'), { recursive: true });
    const two = { ...kernelFiles('usr/lib/modules'), 'boot/config-6.1': config };
    expect(await prepared(await storePackage(two))).toMatchObject(invalid);
  });

  test('refuse a package that is not the one of the lock', async () => {
    const source = await storePackage(kernelFiles('usr/lib/modules'));
    await writeFile(join(folder, 'prepare/ldf/sources/sha256', source.sha256), 'another');
    expect(await prepared(source)).toMatchObject({ ok: false, error: { code: 'source.hash-mismatch' } });
  });
});
