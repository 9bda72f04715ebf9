/** The kinds of files on disk, and the whole that their bar is a part of. */
import type { DiskReport } from '../../../model/disk.ts';

export interface DiskPart {
  name: string;
  /** null: it was not measured. */
  sizeBytes: number | null;
  color: string;
}

/** The whole is the budget; without one, what is used and what is free beyond the reserve. */
export function diskParts(disk: DiskReport): { parts: DiskPart[]; wholeBytes: number } {
  const room = disk.budgetBytes ?? disk.usedBytes + Math.max(0, disk.freeBytes - disk.reserveBytes);
  return {
    parts: [
      { name: 'Layers', sizeBytes: disk.layerBytes, color: 'indigo' },
      { name: 'Sources', sizeBytes: disk.sourceBytes, color: 'teal' },
      { name: 'Caches', sizeBytes: disk.cacheBytes, color: 'grape' },
      { name: 'Artifacts', sizeBytes: disk.artifactBytes, color: 'orange' },
    ],
    wholeBytes: Math.max(1, room, disk.usedBytes),
  };
}
