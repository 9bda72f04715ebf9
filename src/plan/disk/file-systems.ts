/** Which file systems the partitions of an image have, by the components that a definition names for them. Pure. */
import { defaultComponents } from '../../definition/defaults.ts';
import type { Definition } from '../../definition/definition.ts';
import type { ImagePartition } from '../../definition/image-partitions.ts';

/** A component of kind filesystem, and the place in the definition that chooses it. */
export interface ChosenFileSystem {
  name: string;
  pointer: string;
}

export function isRoot({ mount }: ImagePartition): boolean {
  return mount === '/';
}

/** That of /: what its partition says, else the definition as a whole. */
export function rootFileSystem(definition: Definition): ChosenFileSystem {
  return saidOfRoot(definition)[0] ?? { name: definition.filesystem, pointer: '/filesystem' };
}

/** Where a definition says it more closely than for itself as a whole; the first counts. */
export function saidOfRoot({ root, image }: Definition): ChosenFileSystem[] {
  const index = image.partitions?.findIndex(isRoot) ?? -1;
  const said = [
    { name: image.partitions?.[index]?.filesystem, pointer: `/image/partitions/${index}/filesystem` },
    { name: root?.filesystem, pointer: '/root/filesystem' },
  ];
  return said.flatMap(({ name, pointer }) => (name === undefined ? [] : { name, pointer }));
}

/** Of a partition other than the root; undefined where no component is chosen for it: swap space, and what firmware reads. */
export function partitionFileSystem({ swap, role, filesystem }: ImagePartition): string | undefined {
  if (swap === true || role === 'esp') return undefined;
  return filesystem ?? defaultComponents.filesystem;
}

/** Of all partitions but the root. */
export function otherFileSystems({ image }: Definition): ChosenFileSystem[] {
  return (image.partitions ?? []).flatMap((partition, index) => {
    const name = isRoot(partition) ? undefined : partitionFileSystem(partition);
    return name === undefined ? [] : { name, pointer: `/image/partitions/${index}/filesystem` };
  });
}

/** The folder whose partition keeps changes to the root file system; undefined where they stay in memory. */
export function keptOn(root: Definition['root']): string | undefined {
  return root?.overlay === undefined || root.overlay === 'tmpfs' ? undefined : root.overlay;
}

/** Of the partition that keeps changes to the root file system, where one does. */
export function overlayFileSystem({ image, root }: Definition): string | undefined {
  const kept = image.partitions?.find(({ mount }) => mount !== undefined && mount === keptOn(root));
  return kept && partitionFileSystem(kept);
}

/** The definition with another file system for /. */
export function withRootFileSystem(definition: Definition, name: string): Definition {
  const { root, image } = definition;
  const { partitions } = image;
  return {
    ...definition,
    filesystem: name,
    ...(root?.filesystem === undefined ? {} : { root: { ...root, filesystem: name } }),
    image: {
      ...image,
      partitions: partitions?.map((one) =>
        isRoot(one) && one.filesystem !== undefined ? { ...one, filesystem: name } : one,
      ),
    },
  };
}
