/** How boot loaders are told what to boot. A new way (a UKI, a GRUB menu) is a new file with an EntryWriter, and its line below. */
import type { PackageParams } from '../../src/stages/package/contract.ts';
import { blsEntry } from './bls.ts';

/** What a boot entry is made of. */
export interface BootFacts {
  /** The distribution's name. */
  name: string;
  title: string;
  /** Kernel release, such as 6.12.57-gw. */
  release: string;
  cmdline: string;
  /** Where the kernel's and the initramfs' files are; the latter only where one is needed. */
  kernel: string;
  initramfs: string | null;
}

/** A file the ESP is to have: its text, or the path of what is copied. */
export type EspFile = { path: string; content: string } | { path: string; copy: string };

/** Gives everything that one boot entry puts into the ESP, kernel and initramfs included. */
export type EntryWriter = (facts: BootFacts) => EspFile[];

export const entryWriters: Readonly<Record<PackageParams['boot']['entries'], EntryWriter>> = { bls: blsEntry };
