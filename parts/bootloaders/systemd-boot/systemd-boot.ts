/** systemd-boot(7): each kernel is an entry of the Boot Loader Specification on the EFI system partition. */
import { definePart } from '../../part.ts';
import type { BootLoader } from '../boot-loader.ts';
import { blsEntry } from './bls.ts';
import { SystemdBootParams } from './params.ts';

export const systemdBoot = definePart(
  SystemdBootParams,
  (): BootLoader => ({ install: async (facts) => blsEntry(facts) }),
);
