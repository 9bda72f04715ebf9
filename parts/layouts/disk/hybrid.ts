/**
 * A hybrid MBR: beside the GPT, which Linux goes by, the first sector names partitions for firmware that reads no GPT. sgdisk(8), `-h`;
 * https://www.rodsbooks.com/gdisk/hybrid.html says what may come of it where another system partitions the disk anew.
 */
import { open } from 'node:fs/promises';
import type { Partition } from '../layout.ts';
import { impossible } from './contents.ts';
import type { DiskLayout } from './places.ts';

const sectorBytes = 512;
/** The table of the first sector: four entries of 16 bytes. */
const tableAt = 446;
const entryBytes = 16;
const mostEntries = 4;
/** The entry that says that there is a GPT (UEFI 2.10 §5.2.3): it covers the GPT's own sectors alone here. */
const protectiveType = 0xee;
/** Sectors by cylinder, head and sector: what is too large for that. */
const noCylinders = Buffer.from([0xfe, 0xff, 0xff]);

type Named = Pick<Partition, 'mbrType'>;

/** The table; undefined where no partition asks for an entry. @throws StageFailure `boot.placement-impossible` */
export function hybridTable(partitions: readonly Named[], { places }: Pick<DiskLayout, 'places'>): Buffer | undefined {
  const named = partitions.flatMap(({ mbrType }, index) => {
    const place = places[index];
    return mbrType === undefined || !place ? [] : [entry(mbrType, place.startBytes, place.sizeBytes)];
  });
  if (named.length === 0) return undefined;
  if (named.length >= mostEntries)
    throw impossible(
      `An MBR beside a GPT has room for ${mostEntries - 1} partitions, and ${named.length} ask for an entry.`,
    );
  const firstBytes = Math.min(...places.map(({ startBytes }) => startBytes));
  const protective = entry(protectiveType, sectorBytes, firstBytes - sectorBytes);
  return Buffer.concat([...named, protective], entryBytes * mostEntries);
}

/** Writes it over the protective MBR's, into a disk that has its table already. */
export async function writeHybridEntries(
  disk: string,
  partitions: readonly Named[],
  layout: Pick<DiskLayout, 'places'>,
): Promise<void> {
  const table = hybridTable(partitions, layout);
  if (!table) return;
  const file = await open(disk, 'r+');
  try {
    await file.write(table, 0, table.length, tableAt);
  } finally {
    await file.close();
  }
}

function entry(type: number, startBytes: number, sizeBytes: number): Buffer {
  const written = Buffer.alloc(entryBytes);
  noCylinders.copy(written, 1);
  written.writeUInt8(type, 4);
  noCylinders.copy(written, 5);
  written.writeUInt32LE(startBytes / sectorBytes, 8);
  written.writeUInt32LE(sizeBytes / sectorBytes, 12);
  return written;
}
