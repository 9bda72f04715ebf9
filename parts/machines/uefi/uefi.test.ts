import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { flash, uefi } from './uefi.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-uefi-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('takes no parameters', () => {
  expect(() => uefi.make({ secureBoot: true })).toThrow(/secureBoot/);
});

test('has hardware that every system knows, for each architecture', () => {
  const machine = uefi.make({}).on('x86_64');
  expect(machine).toMatchObject({ qemu: 'qemu-system-x86_64', cpu: { kvm: 'host' }, display: 'VGA' });
  const other = uefi.make({}).on('aarch64');
  expect(other).toMatchObject({ qemu: 'qemu-system-aarch64', type: 'virt', cpu: { kvm: 'host' } });
});

test('has flash chips: a program, and variables that are copied for each guest', async () => {
  const variables = join(folder, 'factory.fd');
  await writeFile(variables, 'as they leave the factory');
  const own = join(folder, 'variables.fd');
  expect(await flash({ code: '/usr/a,b.fd', variables }, folder)).toEqual([
    ...['-drive', 'if=pflash,unit=0,format=raw,readonly=on,file=/usr/a,,b.fd'],
    ...['-drive', `if=pflash,unit=1,format=raw,readonly=off,file=${own}`],
  ]);
  expect(await readFile(own, 'utf8')).toBe('as they leave the factory');
  expect((await stat(own)).ino).not.toBe((await stat(variables)).ino);
});

test('has flash chips of the size that the machine has, whatever the files lack of it', async () => {
  for (const name of ['code', 'variables']) await writeFile(join(folder, `${name}.file`), name);
  const files = { code: join(folder, 'code.file'), variables: join(folder, 'variables.file'), chipBytes: 1 << 20 };
  const drives = await flash(files, folder);
  expect(drives[1]).toContain(join(folder, 'code.fd'));
  for (const name of ['code', 'variables']) {
    const chip = await readFile(join(folder, `${name}.fd`));
    expect(chip).toHaveLength(1 << 20);
    expect(chip.toString('latin1').replace(/\0+$/, '')).toBe(name);
  }
});

test.each([
  'BdsDxe: failed to load Boot0001 "UEFI Misc Device" from PciRoot(0x0)/Pci(0x2,0x0): Not Found',
  'BdsDxe: No bootable option or device was found.',
  'UEFI Interactive Shell v2.2',
  '>>Start PXE over IPv4.',
])('tells when it finds nothing to boot: %s', (line) => {
  expect(uefi.make({}).on('x86_64').nothingToBoot.pattern.test(line)).toBe(true);
});

test('with a certificate its firmware checks signatures, and it knows what is said of them', () => {
  const machine = uefi.make({ certificate: 'PEM' }).on('x86_64');
  expect(machine.type).toMatch(/,smm=on$/);
  const { enabled, refused } = machine.secureBoot ?? {};
  for (const prefix of ['', 'secureboot: '])
    expect(enabled?.test(`[    0.000000] ${prefix}Secure boot enabled`)).toBe(true);
  expect(enabled?.test('[    0.000000] Secure boot disabled')).toBe(false);
  for (const line of [
    'BdsDxe: failed to load Boot0001 "UEFI Misc Device" from PciRoot(0x0)/Pci(0x2,0x0): Access Denied',
    'Error loading EFI binary \\gw\\6.12\\linux: Access denied',
  ])
    expect(refused?.test(line)).toBe(true);
  expect(refused?.test('BdsDxe: failed to load Boot0001 "UEFI Misc Device" from PciRoot(0x0): Not Found')).toBe(false);
  expect(uefi.make({}).on('x86_64').secureBoot).toBeUndefined();
});
