/**
 * The capabilities this program was started with. Without some of them tools continue without a word: without FSETID,
 * chmod(2) drops the setgid bit and reports success.
 */
import { readFile } from 'node:fs/promises';
import { assembleCapabilities } from '../../src/stages/assemble/capabilities.ts';
import type { Capability } from '../../src/stages/capability.ts';
import { StageFailure } from '../contract/failure.ts';

/** Bit numbers of capabilities(7), linux/capability.h. */
const bits: Record<Capability, bigint> = {
  CHOWN: 0n,
  DAC_OVERRIDE: 1n,
  FOWNER: 3n,
  FSETID: 4n,
  SETGID: 6n,
  SETUID: 7n,
  SYS_CHROOT: 18n,
  MKNOD: 27n,
  SETFCAP: 31n,
};

/** @throws StageFailure `container.capabilities`, naming those that are missing. */
export async function requireCapabilities(): Promise<void> {
  const missing = missingCapabilities(await readFile('/proc/self/status', 'utf8'), assembleCapabilities);
  if (missing.length === 0) return;
  throw new StageFailure(
    {
      code: 'container.capabilities',
      message: `The container lacks ${missing.join(', ')}.`,
      hint: 'The Docker daemon must allow these capabilities to containers: check its configuration and its user namespace remapping.',
    },
    'ours',
  );
}

/** Which of `wanted` are not in the effective set (CapEff) of a /proc/<pid>/status. */
export function missingCapabilities(status: string, wanted: readonly Capability[]): Capability[] {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  return wanted.filter((name) => (effective & (1n << bits[name])) === 0n);
}
