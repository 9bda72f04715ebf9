/** Who a container or volume belongs to, read back from its labels. */
import * as z from 'zod';
import { ProgramName } from '../../stages/contract.ts';
import type { Owner, VolumeRole } from '../runtime.ts';
import { labels } from '../runtime.ts';

const OwnerLabels = z.object({
  [labels.build]: z.string().min(1),
  [labels.stage]: ProgramName,
  [labels.attempt]: z.coerce.number().int().positive(),
});

const volumeRoles = ['layer', 'work', 'sources', 'cache'] as const satisfies readonly VolumeRole[];
const RoleLabel = z.object({ [labels.role]: z.enum(volumeRoles) });

type Labels = Readonly<Record<string, string>> | null | undefined;

export function ownerLabels(owner: Owner): Record<string, string> {
  return { [labels.build]: owner.build, [labels.stage]: owner.stage, [labels.attempt]: String(owner.attempt) };
}

/** undefined for what belongs to no attempt of a stage, such as a shared cache. */
export function ownerOf(found: Labels): Owner | undefined {
  const owner = OwnerLabels.safeParse(found ?? {});
  return owner.success
    ? { build: owner.data[labels.build], stage: owner.data[labels.stage], attempt: owner.data[labels.attempt] }
    : undefined;
}

export function roleOf(found: Labels): VolumeRole | undefined {
  const role = RoleLabel.safeParse(found ?? {});
  return role.success ? role.data[labels.role] : undefined;
}
