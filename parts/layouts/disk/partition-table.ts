/** The GUID partition table, written by sfdisk(8) from a script with every number in it. */
import { deriveUuid } from '../../../stage-images/contract/derive.ts';
import { runTool } from '../../../stage-images/contract/tool.ts';
import type { Partition } from '../layout.ts';
import { biosBoot, biosBootType } from './boot-code.ts';
import type { DiskLayout } from './places.ts';

const sectorBytes = 512;

/** The unique GUID of a partition, which root=PARTUUID= names. */
export function partitionUuid(key: string, label: string): string {
  return deriveUuid(key, 'partition', label);
}

/** A partition, and the GUID that it has where that does not follow from its label. */
export type TablePartition = Partition & { uuid?: string };

type Line = Pick<TablePartition, 'label' | 'typeGuid' | 'uuid'>;

/** Writes the table into the disk image, which has its full size already. */
export async function writePartitionTable(
  disk: string,
  key: string,
  partitions: readonly Line[],
  layout: DiskLayout,
  withBiosBoot = false,
): Promise<void> {
  const args = ['--quiet', '--wipe=never', '--no-reread', '--no-tell-kernel', disk];
  await runTool('sfdisk', args, { stdin: partitionScript(key, partitions, layout, withBiosBoot) });
}

/** sfdisk(8), "Input formats". `withBiosBoot`: a BIOS boot partition comes first. */
export function partitionScript(
  key: string,
  partitions: readonly Line[],
  layout: DiskLayout,
  withBiosBoot = false,
): string {
  const header = ['label: gpt', `label-id: ${deriveUuid(key, 'disk')}`, 'unit: sectors', 'first-lba: 34'];
  const bios = [
    `start=${biosBoot.startSector}`,
    `size=${biosBoot.sectors}`,
    `type=${biosBootType}`,
    `uuid=${deriveUuid(key, 'bios-boot')}`,
    'name="BIOS boot"',
  ].join(', ');
  const lines = partitions.map((partition, index) => {
    const place = layout.places[index];
    if (!place) throw new Error(`partition ${partition.label} has no place`);
    return [
      `start=${place.startBytes / sectorBytes}`,
      `size=${place.sizeBytes / sectorBytes}`,
      `type=${partition.typeGuid}`,
      `uuid=${partition.uuid ?? partitionUuid(key, partition.label)}`,
      `name="${partition.label}"`,
    ].join(', ');
  });
  return `${[...header, '', ...(withBiosBoot ? [bios] : []), ...lines].join('\n')}\n`;
}
