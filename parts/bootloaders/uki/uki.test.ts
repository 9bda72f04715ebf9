import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BootFacts } from '../boot-loader.ts';
import { uki } from './uki.ts';

const facts: BootFacts = {
  arch: 'x86_64',
  name: 'edge',
  version: '1.2',
  title: 'edge 1.2',
  release: '6.12.57-gw',
  cmdline: '@root=PARTUUID=1 ro greeting="good day"',
  plainCmdline: 'root=PARTUUID=1 ro',
  kernel: '/in/vmlinuz',
  initramfs: '/in/initrd',
  deviceTrees: [],
  imageId: '0-1',
  biosBoot: null,
};
let work = '';
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'ldf-uki-'));
});
afterEach(() => rm(work, { recursive: true }));

async function install(more: Partial<BootFacts> = {}) {
  const runs: (readonly string[])[] = [];
  const tools = {
    work,
    bootFile: async (path: string) => `/unpacked${path}`,
    run: async (tool: string, args: readonly string[]) => runs.push([tool, ...args]),
  };
  return { placements: await uki.make({}).install({ ...facts, ...more }, tools), runs };
}

test('one program has everything, and stands where firmware and where boot menus look', async () => {
  const { placements, runs } = await install();
  const file = join(work, 'uki.efi');
  expect(placements).toEqual([
    { at: 'esp', path: 'EFI/BOOT/BOOTX64.EFI', file },
    { at: 'esp', path: 'EFI/Linux/edge.efi', file },
  ]);
  expect(runs).toEqual([
    [
      ...['ukify', 'build', '--stub=/unpacked/usr/lib/systemd/boot/efi/linuxx64.efi.stub', '--efi-arch=x64'],
      ...['--linux=/in/vmlinuz', '--initrd=/in/initrd', `--cmdline=@${work}/cmdline`],
      ...[`--os-release=@${work}/os-release`, '--uname=6.12.57-gw', `--output=${file}`],
    ],
  ]);
});

test('the command line goes in as it is, whatever it begins with, and the distribution gives its name', async () => {
  await install();
  expect(await readFile(join(work, 'cmdline'), 'utf8')).toBe(facts.cmdline);
  expect(await readFile(join(work, 'os-release'), 'utf8')).toBe(
    'NAME="edge"\nID=edge\nVERSION_ID="1.2"\nPRETTY_NAME="edge 1.2"\n',
  );
});

test('the stub is of the image’s architecture, and no initramfs is named where there is none', async () => {
  const { placements, runs } = await install({ arch: 'aarch64', initramfs: null });
  expect(placements[0]).toMatchObject({ path: 'EFI/BOOT/BOOTAA64.EFI' });
  expect(runs[0]).toContain('--stub=/unpacked/usr/lib/systemd/boot/efi/linuxaa64.efi.stub');
  expect(runs[0]?.some((arg) => arg.startsWith('--initrd'))).toBe(false);
});

test('takes no parameters', () => {
  expect(() => uki.make({ splash: 'logo.bmp' })).toThrow(/splash/);
});
