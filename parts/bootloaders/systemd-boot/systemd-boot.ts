/** systemd-boot(7): each kernel is an entry of the Boot Loader Specification on the EFI system partition. */
import { type Architecture, efiNames } from '../../../src/architecture.ts';
import { definePart } from '../../part.ts';
import type { Placement } from '../../placement.ts';
import type { BootLoader, BootTools } from '../boot-loader.ts';
import { removableMediaPath } from '../esp.ts';
import { blsEntry } from './bls.ts';
import { SystemdBootParams } from './params.ts';

export const systemdBoot = definePart(
  SystemdBootParams,
  (params): BootLoader => ({
    install: async (facts, { bootFile, enrolment = [] }) => [
      ...(await loader(facts.arch, params, bootFile, enrolment.length > 0)),
      ...blsEntry(facts),
      // What its menu offers to enrol in a machine in setup mode.
      ...enrolment.map(({ name, file }): Placement => ({ at: 'esp', path: `loader/keys/auto/${name}`, file })),
    ],
  }),
);

/** The program, where firmware looks for it on any disk and where bootctl(1) updates it, with its settings. */
async function loader(
  arch: Architecture,
  { timeoutSeconds, consoleMode, editor }: SystemdBootParams,
  bootFile: BootTools['bootFile'],
  enrolment: boolean,
): Promise<Placement[]> {
  const name = efiNames[arch];
  // Debian's package systemd-boot-efi has it there.
  const file = await bootFile(`/usr/lib/systemd/boot/efi/systemd-boot${name}.efi`);
  const settings = [`timeout ${timeoutSeconds}`, `console-mode ${consoleMode}`, `editor ${editor ? 'yes' : 'no'}`];
  // By itself it would enrol in virtual machines. Whose keys a machine trusts, a person decides, in the menu.
  if (enrolment) settings.push('secure-boot-enroll manual');
  return [
    { at: 'esp', path: removableMediaPath(arch), file },
    { at: 'esp', path: `EFI/systemd/systemd-boot${name}.efi`, file },
    { at: 'esp', path: 'loader/loader.conf', content: settings.map((line) => `${line}\n`).join('') },
  ];
}
