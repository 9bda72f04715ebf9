/** Makes an artifact a disk that QEMU can read. */
import { join } from 'node:path';
import type { QemuDisk } from '../../src/stages/package/data.ts';
import { runTool } from '../contract/tool.ts';
import type { GuestParts } from './qemu-arguments.ts';

/**
 * The disk of the artifact at `path`: the file itself, or, when it is compressed, an unpacked copy (with holes) in
 * `folder`. @throws ToolError when it cannot be unpacked.
 */
export async function asDisk({ driver, packed }: QemuDisk, path: string, folder: string): Promise<GuestParts['disk']> {
  if (packed === null) return { path, driver };
  const unpacked = join(folder, 'disk');
  await runTool(packed, ['--decompress', '--quiet', '--sparse', '-o', unpacked, '--', path]);
  return { path: unpacked, driver };
}
