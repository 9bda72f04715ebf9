/** The disk of an image: its partitions and the lines of fstab(5) for them, as components and a definition have them. Pure. */
import { componentId } from '../../catalog/catalog.ts';
import type { ComponentOf, Contributions } from '../../catalog/component.ts';
import { defaultParts } from '../../definition/defaults.ts';
import type { Definition } from '../../definition/definition.ts';
import type { ImagePartition } from '../../definition/image-partitions.ts';
import { ImageSize } from '../../definition/image-size.ts';
import type { ChosenPart } from '../../stages/chosen-part.ts';
import { fromComponent, type Origin } from '../../stages/origin.ts';
import type { AskedPartition } from '../../stages/package/contract.ts';
import type { Selected } from '../components.ts';
import type { Problems } from '../problems.ts';
import { partitionsOf, typeOf } from './contributed.ts';
import { isRoot, keptOn, partitionFileSystem, rootFileSystem } from './file-systems.ts';
import { checkPartitionNames, type FstabLine, linesFor, mountOfLabel, ownLine } from './fstab.ts';
import { checkPartitions, type DiskFacts } from './partition-problems.ts';
import { labelsOf, purposeOf, roleOf } from './purposes.ts';
import { checkRootWishes, rootOfDisk } from './root.ts';
import { checkSizes, plannedSize } from './sizes.ts';

/** What components contribute to a disk, each with where it comes from. */
export interface Contributed {
  partitions: readonly { item: Contributions['partitions'][number]; from: Origin }[];
  fstab: readonly FstabLine[];
}

export interface Disk {
  partitions: AskedPartition[];
  /** The label of the partition that changes to the root go to; undefined where none does. */
  overlay: string | undefined;
  fstab: string[];
  /** What makes a partition grow, and packages that it may be in; only where one does. */
  growth: ChosenPart | undefined;
  recommends: { item: string; from: Origin }[];
}

/** Problems are added; without `image.partitions` the disk has what components bring, and no more. */
export function diskOf(
  definition: Definition,
  selected: readonly Selected[],
  contributed: Contributed,
  problems: Problems,
): Disk {
  checkRoot(definition, selected, contributed, problems);
  const { partitions: asked } = definition.image;
  const disk = asked
    ? askedDisk(definition, asked, selected, contributed, problems)
    : broughtDisk(definition, contributed, problems);
  checkRootWishes(definition, selected, disk.partitions, problems);
  return { ...disk, ...rootOfDisk(definition, disk.partitions) };
}

type PlannedDisk = Omit<Disk, 'overlay'>;

function broughtDisk(definition: Definition, contributed: Contributed, problems: Problems): PlannedDisk {
  const brought = contributed.partitions.map(({ item }) => item);
  checkPartitionNames(contributed.fstab, brought, problems);
  return {
    partitions: partitionsOf(brought, definition.arch),
    fstab: contributed.fstab.map(({ item }) => item),
    growth: undefined,
    recommends: [],
  };
}

/** A file system that holds the root has a partition for it; where the catalog does not have the component, that is a problem already. */
function checkRoot(
  definition: Definition,
  selected: readonly Selected[],
  contributed: Contributed,
  problems: Problems,
): void {
  const { name, pointer } = rootFileSystem(definition);
  const component = selected.find(
    (one) => one.component.kind === 'filesystem' && one.component.name === name,
  )?.component;
  if (!component || contributed.partitions.some(({ item }) => item.role === 'root')) return;
  problems.add(pointer, `${componentId(component)} cannot hold the root file system`, {
    value: name,
    hint: 'Choose another file system for /.',
  });
}

function askedDisk(
  definition: Definition,
  asked: readonly ImagePartition[],
  selected: readonly Selected[],
  contributed: Contributed,
  problems: Problems,
): PlannedDisk {
  const ofKind = <Kind extends 'filesystem' | 'init'>(kind: Kind, name: string) => {
    for (const { component } of selected)
      if (component.kind === kind && component.name === name) return component as ComponentOf<Kind>;
    return undefined;
  };
  const init = ofKind('init', definition.init);
  const nameOf = (partition: ImagePartition) =>
    isRoot(partition) ? rootFileSystem(definition).name : partitionFileSystem(partition);
  const facts: DiskFacts = {
    fileSystemOf: (partition) => ofKind('filesystem', nameOf(partition) ?? ''),
    init,
    contributedRoles: contributed.partitions.map(({ item }) => item.role),
    startedBy: `bootloader/${definition.bootloader}`,
  };
  checkPartitions(asked, facts, problems);
  checkSizes({ size: definition.image.size, partitions: asked }, problems);

  const labels = labelsOf(asked);
  const grows = asked.some(({ grow }) => grow === true);
  const growth = grows ? init?.growth : undefined;
  const placed = asked.map((partition, index) =>
    placedOf(partition, { definition, index, label: labels[index] ?? '', facts, contributed }),
  );
  const taken = new Set(placed.map(({ role }) => role));
  // Those that components bring beside it, and the definition does not speak of.
  const others = partitionsOf(
    contributed.partitions.map(({ item }) => item).filter(({ role }) => role !== 'root' && !taken.has(role)),
    definition.arch,
  );
  const partitions = growingLast([...others, ...placed]);
  const renamed = new Map(
    contributed.partitions.flatMap(({ item }) => {
      const own = placed.find(({ role }) => role === item.role && (role === 'root' || role === 'esp'));
      return own ? [[item.label, own.label] as const] : [];
    }),
  );
  const esp = contributed.partitions.find(({ item }) => item.role === 'esp')?.item;
  const firmwareMount = mountOfLabel(contributed.fstab, esp?.label);
  const fstab = linesFor(contributed.fstab, {
    renamed,
    own: asked.flatMap((partition, index) => {
      const component = facts.fileSystemOf(partition);
      const checked = partition.mount === undefined || partition.mount !== keptOn(definition.root);
      return ownLine(partition, labels[index] ?? '', component, {
        growing: growth?.mountOptions ?? [],
        checked,
        firmwareMount,
      });
    }),
  });
  // Where a partition is missing that components have lines for, that has been reported.
  checkPartitionNames(fstab, [...partitions, ...contributed.partitions.map(({ item }) => item)], problems);
  const from = fromComponent(init ? componentId(init) : '');
  return {
    partitions,
    fstab: fstab.map(({ item }) => item),
    growth: growth && { use: growth.use, params: growth.params },
    recommends: (growth?.recommends ?? []).map((item) => ({ item, from })),
  };
}

interface PlaceFacts {
  definition: Definition;
  index: number;
  label: string;
  facts: DiskFacts;
  contributed: Contributed;
}

/** An entry as the packager takes it. What is wrong with it has been reported: then it need only be of this form. */
function placedOf(
  partition: ImagePartition,
  { definition: { arch, image }, index, label, facts, contributed }: PlaceFacts,
): AskedPartition {
  const purpose = purposeOf(partition) ?? { kind: 'swap' };
  const role = roleOf(purpose);
  const brought = contributed.partitions.find(({ item }) => item.role === role)?.item;
  const component = facts.fileSystemOf(partition);
  const isBrought = brought !== undefined && (role === 'root' || role === 'esp');
  const part = isBrought
    ? brought.fileSystem
    : component && { use: component.use, params: component.mounted?.params ?? {} };
  return {
    role,
    label,
    typeGuid: (isBrought ? brought.typeGuid : undefined) ?? typeOf(role, arch),
    fileSystem: part ?? defaultParts.swap,
    ...(isBrought && brought.mbrType !== undefined ? { mbrType: brought.mbrType } : {}),
    size: ImageSize.parse(plannedSize(partition.size, image.size)),
    ...(purpose.kind === 'folder' ? { mount: purpose.mount } : {}),
    ...(partition.grow === true ? { grow: true as const } : {}),
    asked: { pointer: `/image/partitions/${index}`, size: partition.size },
  };
}

/** What grows lies last, with nothing behind it but what is free. */
function growingLast(partitions: readonly AskedPartition[]): AskedPartition[] {
  return [...partitions.filter(({ grow }) => !grow), ...partitions.filter(({ grow }) => grow)];
}
