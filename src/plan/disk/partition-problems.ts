/** What cannot be of the entries of image.partitions: of each by itself, and of all together. Pure. */
import { type FileSystemTraits, fileSystemTraits } from '../../../parts/filesystems/params.ts';
import { componentId } from '../../catalog/catalog.ts';
import type { ComponentOf } from '../../catalog/component.ts';
import type { ImagePartition } from '../../definition/image-partitions.ts';
import { ownValue } from '../../own-value.ts';
import type { Problems } from '../problems.ts';
import { hasOwners, isWrittenBySystem, mountProblem } from './mounts.ts';
import { type Purpose, purposeOf } from './purposes.ts';

/** What problems are seen by, beside the entries themselves. */
export interface DiskFacts {
  /** The chosen component of a partition; undefined where it has none, or the catalog has not. */
  fileSystemOf(partition: ImagePartition): ComponentOf<'filesystem'> | undefined;
  init: ComponentOf<'init'> | undefined;
  /** Roles of partitions that components bring. */
  contributedRoles: readonly string[];
  /** Whose requirement an EFI system partition is, such as `bootloader/x`. */
  startedBy: string;
}

export function checkPartitions(partitions: readonly ImagePartition[], facts: DiskFacts, problems: Problems): void {
  partitions.forEach((partition, index) => {
    const at = `/image/partitions/${index}`;
    const purpose = purposeOf(partition);
    if (!purpose) reportPurpose(partition, at, problems);
    else if (purpose.kind === 'folder') checkFolder(partition, purpose.mount, at, facts, problems);
    else checkWithoutFolder(partition, purpose, at, facts, problems);
    if (partition.grow === true && partition.readOnly === true)
      problems.add(`${at}/grow`, 'a partition that is mounted read-only has no use of growing', {
        value: true,
        hint: 'Leave out one of grow and readOnly.',
      });
  });
  checkTogether(partitions, facts, problems);
}

function reportPurpose({ mount, swap, role }: ImagePartition, at: string, problems: Problems): void {
  const said = [
    ...(mount === undefined ? [] : [['mount', mount] as const]),
    ...(swap === true ? [['swap', true] as const] : []),
    ...(role === undefined ? [] : [['role', role] as const]),
  ];
  const [, second] = said;
  if (!second) {
    problems.add(at, 'a partition must say what it is for', {
      hint: 'Give it one of mount (such as /home), swap: true, and role (esp or boot).',
    });
    return;
  }
  const [key, value] = second;
  const names = said.map(([name]) => name).join(' and ');
  problems.add(`${at}/${key}`, `a partition is for one thing, and this one has ${names}`, {
    value,
    hint:
      swap === true && mount !== undefined
        ? 'Swap space is mounted nowhere: keep one of the two.'
        : 'Keep one of them.',
  });
}

function checkFolder(partition: ImagePartition, mount: string, at: string, facts: DiskFacts, problems: Problems): void {
  const wrong = partition.mount === undefined ? undefined : mountProblem(mount);
  if (wrong) problems.add(`${at}/mount`, wrong.message, { value: mount, hint: wrong.hint });
  const component = facts.fileSystemOf(partition);
  if (component) checkFileSystem(partition, { mount, at, component }, problems);
  if (partition.grow === true && facts.init && !facts.init.growth)
    problems.add(`${at}/grow`, `${componentId(facts.init)} has nothing that makes a partition grow`, {
      value: true,
      hint: 'Leave grow out, or choose another init.',
    });
}

function checkFileSystem(
  { grow, readOnly }: ImagePartition,
  { mount, at, component }: { mount: string; at: string; component: ComponentOf<'filesystem'> },
  problems: Problems,
): void {
  const id = componentId(component);
  const traits = traitsOf(component.use);
  const refuse = (key: string, message: string, hint: string, value: unknown = component.name) =>
    problems.add(`${at}/${key}`, message, { value, hint });
  if (mount === '/') {
    if (readOnly === true && traits?.writable)
      refuse(
        'readOnly',
        `the system writes to / from the first boot on, and ${id} would let it if it were not mounted read-only`,
        'Leave readOnly out, or choose a file system that is never written, over which memory is laid.',
        true,
      );
  } else if (!component.mounted) {
    refuse('filesystem', `${id} holds the root file system alone`, 'Choose another file system for this partition.');
  } else if (traits && !traits.keepsOwners && hasOwners(mount)) {
    refuse(
      'filesystem',
      `files in ${mount} have owners, and ${id} keeps none`,
      'Choose a file system that keeps owners and modes.',
    );
  } else if (isWrittenBySystem(mount) && (readOnly === true || (traits && !traits.writable))) {
    const key = readOnly === true ? 'readOnly' : 'filesystem';
    const hint = 'Choose a file system that can be written to, and leave readOnly out.';
    refuse(
      key,
      `the system writes to ${mount}, which could not be written to`,
      hint,
      readOnly === true ? true : component.name,
    );
  }
  if (grow === true && traits && !traits.grows)
    refuse('grow', `${id} cannot grow`, 'Leave grow out, or choose a file system that can.', true);
}

/** Of a part that there is: a component that names another has been refused. */
export function traitsOf(use: string): FileSystemTraits | undefined {
  return ownValue<FileSystemTraits>(fileSystemTraits, use);
}

/** Of swap space, and of the partition that firmware reads, less can be asked. */
function checkWithoutFolder(
  partition: ImagePartition,
  purpose: Exclude<Purpose, { kind: 'folder' }>,
  at: string,
  { contributedRoles }: DiskFacts,
  problems: Problems,
): void {
  const what = purpose.kind === 'swap' ? 'swap space' : 'an EFI system partition';
  const refused = {
    filesystem: purpose.kind === 'swap' ? 'has no file system' : 'has the file system that firmware reads',
    readOnly: 'cannot be read-only',
    grow: 'cannot grow',
  } as const;
  for (const key of ['filesystem', 'readOnly', 'grow'] as const) {
    const value = partition[key];
    if (value !== undefined && value !== false)
      problems.add(`${at}/${key}`, `${what} ${refused[key]}`, { value, hint: `Leave ${key} out.` });
  }
  if (purpose.kind === 'firmware' && !contributedRoles.includes('esp'))
    problems.add(`${at}/role`, 'nothing that was chosen starts from an EFI system partition', {
      value: 'esp',
      hint: 'Leave the partition out, or choose a bootloader that does.',
    });
}

function checkTogether(partitions: readonly ImagePartition[], facts: DiskFacts, problems: Problems): void {
  const purposes = partitions.map(purposeOf);
  const mounts = purposes.map((purpose) => (purpose?.kind === 'folder' ? purpose.mount : undefined));
  if (!mounts.includes('/'))
    problems.add('/image/partitions', 'no partition is for the root file system', {
      hint: 'Add one with `mount: /`.',
    });
  if (facts.contributedRoles.includes('esp') && !purposes.some((purpose) => purpose?.kind === 'firmware'))
    problems.add('/image/partitions', `${facts.startedBy} needs an EFI system partition, and there is none`, {
      hint: 'Add one with `role: esp`.',
    });
  reportRepeated(
    mounts.map((mount, index) => ({ name: mount, key: partitions[index]?.mount === undefined ? 'role' : 'mount' })),
    (mount) => `two partitions are mounted on ${mount}`,
    'Keep one of the two, or mount one of them elsewhere.',
    problems,
  );
  reportRepeated(
    purposes.map((purpose) => ({ name: purpose?.kind === 'firmware' ? 'esp' : undefined, key: 'role' })),
    () => 'there are two EFI system partitions',
    'Keep one of the two.',
    problems,
  );
  reportRepeated(
    partitions.map(({ grow }) => ({ name: grow === true ? true : undefined, key: 'grow' })),
    () => 'two partitions are to grow, and one can: it takes all that is left of the disk',
    'Leave grow out of all but one.',
    problems,
  );
  // FAT does not tell a from A.
  reportRepeated(
    partitions.map(({ label }) => ({ name: label?.toLowerCase(), key: 'label' })),
    (label) => `two partitions have the label ${label}`,
    'Give each a label of its own, or none.',
    problems,
  );
}

/** Every entry whose name one before it has. */
function reportRepeated<Name extends string | boolean>(
  named: readonly { name: Name | undefined; key: string }[],
  message: (name: Name) => string,
  hint: string,
  problems: Problems,
): void {
  const seen = new Set<Name>();
  named.forEach(({ name, key }, index) => {
    if (name === undefined) return;
    if (seen.has(name)) problems.add(`/image/partitions/${index}/${key}`, message(name), { value: name, hint });
    seen.add(name);
  });
}
