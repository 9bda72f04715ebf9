/** The partitions of an image as components plan them: in the order that they lie in, each with its type. Pure. */
import { layoutPartitionTypes } from '../../../parts/layouts/params.ts';
import type { Architecture } from '../../architecture.ts';
import type { Contributions } from '../../catalog/component.ts';
import { defaultParts } from '../../definition/defaults.ts';
import type { Composition } from '../types.ts';

/** What a layout says of types: one for all architectures, or one for each. */
interface PartitionTypes {
  byRole: Readonly<Record<string, string | Readonly<Record<Architecture, string>>>>;
  /** Of a role that has none of its own. */
  other: string;
}

/** The root comes last, so that it can grow with the disk. A type that a component says counts. */
export function partitionsOf(
  contributed: readonly Contributions['partitions'][number][],
  arch: Architecture,
): Composition['partitions'] {
  const typed = contributed.map(({ typeGuid, ...partition }) => ({
    ...partition,
    typeGuid: typeGuid ?? typeOf(partition.role, arch),
  }));
  return [...typed.filter(({ role }) => role !== 'root'), ...typed.filter(({ role }) => role === 'root')];
}

/** What a partition's type is in the table, by what it is for. */
export function typeOf(role: string, arch: Architecture): string {
  const { byRole, other }: PartitionTypes = layoutPartitionTypes[defaultParts.layout.use];
  const type = Object.hasOwn(byRole, role) ? byRole[role] : undefined;
  return (typeof type === 'object' ? type[arch] : type) ?? other;
}
