/** Which machines an image is tried on: those that its components name. */
import { describe, expect, it } from 'vitest';
import { Component } from '../../../src/catalog/component.ts';
import { BootParams } from '../../../src/stages/boot/contract.ts';
import { minimal, plan, problems } from './planning.ts';

function machinesOf(definition: object) {
  const { machine, alsoOn } = BootParams.parse(plan(definition).stages.find(({ name }) => name === 'boot')?.params);
  return [machine, ...(alsoOn ?? [])].map(({ use }) => use);
}

describe('an image is tried', () => {
  it('under UEFI firmware, and under BIOS firmware where its boot loader is for both', () => {
    expect(machinesOf(minimal)).toEqual(['uefi']);
    expect(machinesOf({ ...minimal, bootloader: 'uki' })).toEqual(['uefi']);
    expect(machinesOf({ ...minimal, bootloader: 'grub' })).toEqual(['uefi', 'bios']);
    expect(machinesOf({ ...minimal, bootloader: 'grub', arch: 'aarch64' })).toEqual(['uefi']);
  });

  it('on no machine that there is not', () => {
    const component = { kind: 'platform', name: 'x', title: 'x', summary: 'x', contributes: { bootsOn: ['abacus'] } };
    const { error } = Component.safeParse(component);
    expect(error?.issues).toMatchObject([
      { path: ['contributes', 'bootsOn', 0], message: 'must be a machine that there is a part for' },
    ]);
  });
});

it.each(['grub', 'uki'])('%s has its boot files from packages of the image’s architecture', (bootloader) => {
  const names = (arch: string) => plan({ ...minimal, bootloader, arch }).wishes.boot?.names.map(({ name }) => name);
  const loaders = {
    grub: [['grub-efi-amd64-bin', 'grub-pc-bin'], ['grub-efi-arm64-bin']],
    uki: [['systemd-boot-efi'], ['systemd-boot-efi']],
  };
  const [x86, arm] = bootloader === 'grub' ? loaders.grub : loaders.uki;
  expect(names('x86_64')).toEqual(expect.arrayContaining(x86 ?? []));
  expect(names('aarch64')).toEqual(expect.arrayContaining(arm ?? []));
  expect(names('aarch64')).not.toContain('grub-pc-bin');
  expect(problems({ ...minimal, bootloader: `${bootloader}2` })[0]).toMatchObject({ pointer: '/bootloader' });
});
