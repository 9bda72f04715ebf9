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
export function rootFileSystem({ filesystem, image }: Definition): ChosenFileSystem {
  const index = image.partitions?.findIndex(isRoot) ?? -1;
  const own = image.partitions?.[index]?.filesystem;
  return own === undefined
    ? { name: filesystem, pointer: '/filesystem' }
    : { name: own, pointer: `/image/partitions/${index}/filesystem` };
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

/** The definition with another file system for /. */
export function withRootFileSystem(definition: Definition, name: string): Definition {
  const { partitions } = definition.image;
  return {
    ...definition,
    filesystem: name,
    image: {
      ...definition.image,
      partitions: partitions?.map((one) =>
        isRoot(one) && one.filesystem !== undefined ? { ...one, filesystem: name } : one,
      ),
    },
  };
}
