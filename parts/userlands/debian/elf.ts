/** The beginning of an ELF file (elf(5)), as far as it says who can run it. */
import type { Architecture } from '../../../src/architecture.ts';
import { readStart } from '../../../stage-images/contract/read-start.ts';

/** `e_machine`, from elf.h. */
const machines = new Map<number, Architecture>([
  [62, 'x86_64'],
  [183, 'aarch64'],
]);

/** `e_type`: a program, and a library or a program that can be loaded anywhere. A kernel's modules are neither. */
const types = [2, 3];

const headBytes = 20;

/** Whose programs and libraries it belongs to; undefined for any other file. Pure. */
export function parseElf(head: Buffer): Architecture | undefined {
  // Of 64 bits, little-endian.
  if (head.length < headBytes || head.readUInt32BE(0) !== 0x7f454c46 || head[4] !== 2 || head[5] !== 1)
    return undefined;
  return types.includes(head.readUInt16LE(16)) ? machines.get(head.readUInt16LE(18)) : undefined;
}

export async function readElf(path: string): Promise<Architecture | undefined> {
  return parseElf(await readStart(path, headBytes));
}
