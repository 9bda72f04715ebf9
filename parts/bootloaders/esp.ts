/** Where things stand on an EFI system partition, whatever boot loader starts them. */
import { type Architecture, efiNames } from '../../src/architecture.ts';
import type { FilePlacement } from '../placement.ts';
import type { BootFacts } from './boot-loader.ts';

/** Where firmware looks for a program on any disk: UEFI 2.10 §3.5.1.1. */
export function removableMediaPath(arch: Architecture): string {
  return `EFI/BOOT/BOOT${efiNames[arch].toUpperCase()}.EFI`;
}

/** Kernel and initramfs, the latter only where there is one. */
export interface KernelFiles {
  linux: FilePlacement;
  initrd: FilePlacement | undefined;
}

/** Below `<name>/<release>`. */
export function kernelFiles({ name, release, kernel, initramfs }: BootFacts): KernelFiles {
  const file = (as: string, from: string): FilePlacement => ({
    at: 'esp',
    path: `${name}/${release}/${as}`,
    file: from,
  });
  return { linux: file('linux', kernel), initrd: initramfs === null ? undefined : file('initrd', initramfs) };
}
