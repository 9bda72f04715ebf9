import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Placement } from '../../placement.ts';
import type { BootFacts } from '../boot-loader.ts';
import { bootSector, coreAt } from './bios.ts';
import { grub } from './grub.ts';
import { withDependencies } from './mkimage.ts';

const facts: BootFacts = {
  arch: 'x86_64',
  name: 'edge',
  version: '1.2',
  title: 'edge 1.2',
  release: '6.12.57-gw',
  cmdline: 'root=PARTUUID=1 ro console=ttyS0 quiet',
  plainCmdline: 'root=PARTUUID=1 ro console=ttyS0',
  kernel: '/in/vmlinuz',
  initramfs: '/in/initrd',
  deviceTrees: [],
  imageId: '0123-45',
  biosBoot: { startSector: 34, sectors: 2014 },
};
const table = 'normal: boot terminal\nlinux: boot video\nboot:\nvideo:\nterminal:\n';
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-grub-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Installs it out of packages that have whatever is asked for. */
async function install(more: Partial<BootFacts> = {}, params: object = {}) {
  const asked: string[] = [];
  const runs: (readonly string[])[] = [];
  const work = join(folder, 'work');
  await mkdir(work, { recursive: true });
  const tools = {
    work,
    async bootFile(path: string) {
      asked.push(path);
      const file = join(folder, 'unpacked', path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, path.endsWith('moddep.lst') ? table : Buffer.alloc(512, 0xaa));
      return file;
    },
    async run(tool: string, args: readonly string[]) {
      runs.push([tool, ...args]);
      const output = args.find((arg) => arg.startsWith('--output='))?.slice('--output='.length);
      await writeFile(output ?? expect.fail('it has no output'), Buffer.alloc(2000, 0xcc));
    },
  };
  return { placements: await grub.make(params).install({ ...facts, ...more }, tools), asked, runs, work };
}

function textOf(placements: readonly Placement[], path: string): string {
  const found = placements.find((placement) => 'path' in placement && placement.path === path);
  return found && 'content' in found ? found.content : expect.fail(`there is no text ${path}`);
}

const menuOf = (placements: readonly Placement[]) => textOf(placements, 'grub/grub.cfg');

describe('an image for both kinds of firmware', () => {
  test('has a program for UEFI, code for BIOS, and a menu, all that is read being on the EFI system partition', async () => {
    const { placements, work } = await install();
    expect(placements.filter((placement) => !('content' in placement))).toEqual([
      { at: 'esp', path: 'EFI/BOOT/BOOTX64.EFI', file: join(work, 'grub.efi') },
      { at: 'mbr', file: join(work, 'mbr') },
      { at: 'bios-boot', file: join(work, 'core.img') },
      { at: 'esp', path: 'edge/6.12.57-gw/linux', file: '/in/vmlinuz' },
      { at: 'esp', path: 'edge/6.12.57-gw/initrd', file: '/in/initrd' },
    ]);
    expect(textOf(placements, 'grub/0123-45')).toBe('0123-45\n');
  });

  test('is made by the packager’s program of the locked packages’ modules, each of which is asked for', async () => {
    const { asked, runs } = await install();
    expect(runs.map(([tool, ...args]) => [tool, args.find((arg) => arg.startsWith('--format='))])).toEqual([
      ['grub-mkimage', '--format=x86_64-efi'],
      ['grub-mkimage', '--format=i386-pc'],
    ]);
    expect(runs[1]).toContain(`--directory=${join(folder, 'unpacked/usr/lib/grub/i386-pc')}`);
    // video.mod is there because linux needs it.
    const modules = ['kernel.img', 'fat.mod', 'linux.mod', 'video.mod'];
    const wanted = modules.flatMap((name) =>
      ['x86_64-efi', 'i386-pc'].map((target) => `/usr/lib/grub/${target}/${name}`),
    );
    const code = ['boot.img', 'diskboot.img', 'lzma_decompress.img', 'biosdisk.mod'];
    expect(asked).toEqual(expect.arrayContaining([...wanted, ...code.map((name) => `/usr/lib/grub/i386-pc/${name}`)]));
  });

  test('looks on the disk that firmware started from for the partition with its marker', async () => {
    const { work } = await install();
    expect(await readFile(join(work, 'early.cfg'), 'utf8')).toBe(
      'search.file /grub/0123-45 root "$root,"\nset prefix=($root)/grub\n',
    );
  });

  test('is for UEFI alone on aarch64, and where that is asked for', async () => {
    const { placements, runs } = await install({ arch: 'aarch64' });
    expect(runs).toHaveLength(1);
    expect(placements[0]).toMatchObject({ path: 'EFI/BOOT/BOOTAA64.EFI' });
    expect((await install({}, { bios: false })).runs).toHaveLength(1);
  });

  test('is refused by a layout without a place for the code', async () => {
    await expect(install({ biosBoot: null })).rejects.toMatchObject({ error: { code: 'boot.placement-impossible' } });
    await expect(install({ biosBoot: null }, { bios: false })).resolves.toBeDefined();
  });
});

describe('the menu', () => {
  test('has the kernel, a fallback without the words of the definition, and a timeout', async () => {
    expect(menuOf((await install({}, { timeoutSeconds: 3 })).placements)).toBe(
      [
        ...['set default=0', 'set fallback=1', 'set timeout_style=menu', 'set timeout=3'],
        'if [ "$grub_platform" = pc ]; then',
        ...['  serial --unit=0 --speed=115200', '  terminal_input console serial', '  terminal_output console serial'],
        'fi',
        "menuentry 'edge 1.2' {",
        "  linux /edge/6.12.57-gw/linux 'root=PARTUUID=1' 'ro' 'console=ttyS0' 'quiet'",
        ...['  initrd /edge/6.12.57-gw/initrd', '}'],
        "menuentry 'edge 1.2 (fallback)' {",
        "  linux /edge/6.12.57-gw/linux 'root=PARTUUID=1' 'ro' 'console=ttyS0' 'nomodeset'",
        ...['  initrd /edge/6.12.57-gw/initrd', '}', ''],
      ].join('\n'),
    );
  });

  test('is not shown for no time, and has no initramfs where there is none', async () => {
    const menu = menuOf((await install({ initramfs: null }, { timeoutSeconds: 0 })).placements);
    expect(menu).toContain('set timeout_style=hidden\n');
    expect(menu).not.toContain('initrd');
  });

  test.each([
    ['foo="a b"', "'foo=a b'"],
    ['"m.p=a b"', "'m.p=a b'"],
    ['a=$b;{c}', "'a=$b;{c}'"],
  ])('hands %s over so that the kernel reads the same', async (word, written) => {
    expect(menuOf((await install({ cmdline: `ro ${word}` })).placements)).toContain(`linux 'ro' ${written}\n`);
  });

  test.each([String.raw`a=\x2d`, "it's", 'a="b"c"d"'])('%s, which GRUB would change, is refused', async (word) => {
    await expect(install({ cmdline: `ro ${word}` })).rejects.toMatchObject({
      error: { code: 'boot.cmdline-invalid', details: [{ pointer: '/kernel/cmdline', value: JSON.stringify(word) }] },
    });
  });
});

describe('code for BIOS firmware', () => {
  test('the first sector knows where the code continues, and leaves the table alone', () => {
    const code = bootSector(34, Buffer.alloc(512, 0xaa));
    expect(code).toHaveLength(440);
    expect(code.readBigUInt64LE(0x5c)).toBe(34n);
    expect([...code.subarray(0x64, 0x68)]).toEqual([0xff, 0xaa, 0x90, 0x90]);
  });

  test('what it loads knows where its next sector is, and keeps how many there are', () => {
    const core = coreAt(34, Buffer.alloc(2000, 0xcc));
    expect(core.readBigUInt64LE(500)).toBe(35n);
    expect(core.readUInt32LE(508)).toBe(0xcccccccc);
  });
});

test('modules come with all that they need, and what those need', () => {
  expect(withDependencies(['a'], 'a: b\nb: c a\nc:\nd: a\n')).toEqual(['a', 'b', 'c']);
});
