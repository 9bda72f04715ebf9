/** A root file system that is never written: what checks it, and where changes to it go. Pure. */

import { fileSystemTraits } from '../../../parts/filesystems/params.ts';
import { componentId } from '../../catalog/catalog.ts';
import { defaultComponents } from '../../definition/defaults.ts';
import type { Definition } from '../../definition/definition.ts';
import type { AskedPartition } from '../../stages/package/contract.ts';
import type { Selected } from '../components.ts';
import { traitsOfInitramfs } from '../initramfs.ts';
import type { Problems } from '../problems.ts';
import { typeOf } from './contributed.ts';
import { keptOn, saidOfRoot } from './file-systems.ts';
import { traitsOf } from './partition-problems.ts';

/** What a format component provides that has the root file system in a file which nothing checks. */
const unverified = 'unverified-root';

const neverWritten = Object.entries(fileSystemTraits).flatMap(([name, { writable, keepsOwners }]) =>
  !writable && keepsOwners ? name : [],
);

/** The partitions as they are, with the hashes of the root; and the label of the partition that changes go to. */
export function rootOfDisk(
  { root, arch }: Definition,
  partitions: AskedPartition[],
): { partitions: AskedPartition[]; overlay: string | undefined } {
  const kept = keptOn(root);
  const overlay = kept === undefined ? undefined : partitions.find(({ mount }) => mount === kept)?.label;
  if (!root?.verity) return { partitions, overlay };
  const verity = { label: freeLabel(partitions), typeGuid: typeOf('root-verity', arch) };
  return { partitions: partitions.map((one) => (one.role === 'root' ? { ...one, verity } : one)), overlay };
}

function freeLabel(partitions: readonly AskedPartition[]): string {
  const taken = new Set(partitions.map(({ label }) => label.toLowerCase()));
  const labels = ['root-verity', ...partitions.map((_, index) => `verity-${index + 2}`)];
  return labels.find((label) => !taken.has(label)) ?? '';
}

/** Adds a problem for each thing that `root` asks for and this disk cannot have. */
export function checkRootWishes(
  definition: Definition,
  selected: readonly Selected[],
  partitions: readonly AskedPartition[],
  problems: Problems,
): void {
  const { root } = definition;
  const holder = partitions.find(({ role }) => role === 'root');
  const writable = holder && traitsOf(holder.fileSystem.use)?.writable;
  if (holder && writable === false) checkLayer(definition, selected, holder.fileSystem.use, problems);
  if (!root) return;
  checkSaidOnce(definition, problems);
  if (writable) {
    const hint = `Choose a file system for root.filesystem that is never written (${neverWritten.join(' or ')}).`;
    if (root.verity)
      problems.add('/root/verity', `dm-verity is for what is never written, and ${holder.fileSystem.use} is`, {
        value: true,
        hint,
      });
    if (root.overlay !== undefined)
      problems.add('/root/overlay', `changes to ${holder.fileSystem.use} go to its own partition`, {
        value: root.overlay,
        hint: `Leave root.overlay out. Otherwise: ${hint}`,
      });
  } else checkOverlay(root, partitions, problems);
  if (!root.verity) return;
  for (const { component } of selected)
    if (component.provides.includes(unverified))
      problems.add(
        '/root/verity',
        `${component.title} (${component.kind}: ${component.name}) has the root file system in a file that nothing checks`,
        { value: true, hint: `Take ${component.name} out of image.formats, or leave out root.verity.` },
      );
}

/** What `filesystem` has by default contradicts nothing. */
function checkSaidOnce(definition: Definition, problems: Problems): void {
  const { filesystem } = definition;
  const whole = filesystem === defaultComponents.filesystem ? [] : [{ name: filesystem, pointer: '/filesystem' }];
  const [first, ...others] = [...saidOfRoot(definition), ...whole];
  if (definition.root?.filesystem === undefined) return;
  for (const { name, pointer } of others)
    if (first && name !== first.name)
      problems.add(pointer, `the root file system is ${first.name} in ${first.pointer}, and ${name} here`, {
        value: name,
        hint: 'Keep one of the two.',
      });
}

/** A system that can write nothing does not come up. */
function checkLayer(
  { initramfs }: Definition,
  selected: readonly Selected[],
  fileSystem: string,
  problems: Problems,
): void {
  for (const { component } of selected) {
    if (component.kind !== 'initramfs' || traitsOfInitramfs(component.use)?.lays !== false) continue;
    problems.add(
      '/initramfs',
      `${componentId(component)} lays nothing above a root file system that is never written, as ${fileSystem} is`,
      {
        value: initramfs,
        hint: `Use ${defaultComponents.initramfs}, or choose a file system for / that is written.`,
      },
    );
  }
}

function checkOverlay(
  root: NonNullable<Definition['root']>,
  partitions: readonly AskedPartition[],
  problems: Problems,
): void {
  const kept = keptOn(root);
  if (kept === undefined) return;
  const partition = partitions.find(({ mount }) => mount === kept);
  if (!partition)
    problems.add('/root/overlay', `no partition is mounted on ${kept}`, {
      value: kept,
      hint: `Add one to image.partitions with \`mount: ${kept}\`, or use tmpfs.`,
    });
  else if (traitsOf(partition.fileSystem.use)?.keepsOwners === false)
    problems.add('/root/overlay', `${partition.fileSystem.use} keeps no owners, and changes to / have some`, {
      value: kept,
      hint: 'Choose another file system for that partition.',
    });
}
