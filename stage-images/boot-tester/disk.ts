/** Makes an artifact a disk that QEMU can read. */
import { join } from 'node:path';
import type { PackagedArtifact } from '../../src/stages/package/data.ts';
import { runTool } from '../contract/tool.ts';
import type { GuestParts } from './machines.ts';

/**
 * The disk of the artifact at `path`: the file itself, or, when it is compressed, an unpacked copy (with holes) in
 * `folder`. @throws ToolError when it cannot be unpacked.
 */
export async function asDisk(
  format: PackagedArtifact['format'],
  path: string,
  folder: string,
): Promise<GuestParts['disk']> {
  switch (format) {
    case 'raw':
    case 'qcow2':
      return { path, format };
    case 'raw.zst': {
      const unpacked = join(folder, 'disk.raw');
      await runTool('zstd', ['--decompress', '--quiet', '--sparse', '-o', unpacked, '--', path]);
      return { path: unpacked, format: 'raw' };
    }
    case 'sbom':
    case 'checksums':
      throw new Error(`an artifact of format ${format} is no disk`);
  }
}
