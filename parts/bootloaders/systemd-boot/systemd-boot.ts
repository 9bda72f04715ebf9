/** systemd-boot(7): each kernel is an entry of the Boot Loader Specification on the EFI system partition. */
import type { Architecture } from '../../../src/definition/architecture.ts';
import { definePart } from '../../part.ts';
import type { Placement } from '../../placement.ts';
import type { BootLoader } from '../boot-loader.ts';
import { blsEntry } from './bls.ts';
import { SystemdBootParams } from './params.ts';

/** What UEFI calls an architecture in the names of programs (UEFI 2.10 §3.5.1.1). */
const efiNames: Readonly<Record<Architecture, string>> = { x86_64: 'x64', aarch64: 'aa64' };

export const systemdBoot = definePart(
  SystemdBootParams,
  (params): BootLoader => ({
    install: async (facts) => [...loader(facts.arch, params), ...blsEntry(facts)],
  }),
);

/** The program, where firmware looks for it on any disk and where bootctl(1) updates it, with its settings. */
function loader(arch: Architecture, { timeoutSeconds, consoleMode, editor }: SystemdBootParams): Placement[] {
  const name = efiNames[arch];
  // Debian's package systemd-boot-efi has it there.
  const file = `/usr/lib/systemd/boot/efi/systemd-boot${name}.efi`;
  const settings = [`timeout ${timeoutSeconds}`, `console-mode ${consoleMode}`, `editor ${editor ? 'yes' : 'no'}`];
  return [
    { at: 'esp', path: `EFI/BOOT/BOOT${name.toUpperCase()}.EFI`, file },
    { at: 'esp', path: `EFI/systemd/systemd-boot${name}.efi`, file },
    { at: 'esp', path: 'loader/loader.conf', content: settings.map((line) => `${line}\n`).join('') },
  ];
}
