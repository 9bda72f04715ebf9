/** Headers of disk images, read, changed and written in place: qemu-img(1) puts random identifiers and the time into them. */
import { type FileHandle, open, stat } from 'node:fs/promises';
import * as z from 'zod';
import { deriveUuid } from '../../stage-images/contract/derive.ts';
import { readTool, runTool } from '../../stage-images/contract/tool.ts';

/** Opens a file to read and write, and closes it whatever happens. */
export async function withFile<Done>(path: string, act: (file: FileHandle) => Promise<Done>): Promise<Done> {
  const file = await open(path, 'r+');
  try {
    return await act(file);
  } finally {
    await file.close();
  }
}

/** So many bytes from a place. @throws Error where the file ends before. */
export async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  if (bytesRead < length) throw new Error(`a disk image ends at byte ${position + bytesRead}, within a header`);
  return buffer;
}

export async function writeAt(file: FileHandle, position: number, bytes: Buffer): Promise<void> {
  const { bytesWritten } = await file.write(bytes, 0, bytes.length, position);
  if (bytesWritten < bytes.length) throw new Error(`only ${bytesWritten} of ${bytes.length} bytes could be written`);
}

/** A UUID of the image in the order of its digits (RFC 9562); one role, one UUID. */
export function derivedBytes(key: string, role: string): Buffer {
  return Buffer.from(deriveUuid(key, role).replaceAll('-', ''), 'hex');
}

/** The same as a GUID of Windows has it: the first three fields with their lowest byte first. */
export function derivedGuid(key: string, role: string): Buffer {
  return swapGuid(derivedBytes(key, role));
}

/** The bytes of a GUID as Windows writes it; `text` with hyphens. */
export function guidBytes(text: string): Buffer {
  return swapGuid(Buffer.from(text.replaceAll('-', ''), 'hex'));
}

function swapGuid(bytes: Buffer): Buffer {
  const swapped = Buffer.from(bytes);
  swapped.subarray(0, 4).reverse();
  swapped.subarray(4, 6).reverse();
  swapped.subarray(6, 8).reverse();
  return swapped;
}

const ImageInfo = z.object({ 'virtual-size': z.int().positive() });

/** Proves that an image holds the disk, and has its size, after its headers were written anew. @throws ToolError or Error where not. */
export async function requireSameDisk(disk: string, image: string, driver: string): Promise<void> {
  await runTool('qemu-img', ['compare', '-q', '-f', 'raw', '-F', driver, disk, image]);
  // What an image has beyond the disk's end is the same to the comparison, as long as it is empty.
  const info = ImageInfo.parse(JSON.parse(await readTool('qemu-img', ['info', '-f', driver, '--output=json', image])));
  const { size } = await stat(disk);
  if (info['virtual-size'] !== size)
    throw new Error(`${image} is a disk of ${info['virtual-size']} bytes, not ${size}`);
}

/** @throws ToolError for an image with errors or lost clusters */
export async function requireSound(image: string, driver: string): Promise<void> {
  await readTool('qemu-img', ['check', '-q', '-f', driver, image]);
}
