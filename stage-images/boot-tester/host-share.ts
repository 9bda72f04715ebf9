/** What the host gave a guest: whether a boot that failed may have failed for want of processor time. */
import type { Accelerator } from '../../parts/machines/machine.ts';

export interface HostShare {
  wallSeconds: number;
  /** What passed for the guest in that time. */
  guestSeconds: number;
  /** What QEMU used of a processor; undefined when it had ended before it could be asked. */
  processorSeconds: number | undefined;
}

/** An emulated processor at work keeps a whole one of the host busy. With less than this part of it, it was kept waiting. */
const fairShare = 0.7;

/**
 * A sentence on a guest that had to wait for the host; undefined for one that had not. A guest with nothing to do uses
 * little of a processor too, but then its time continues.
 */
export function starvation(accelerator: Accelerator, cpus: number, host: HostShare): string | undefined {
  const { wallSeconds, guestSeconds, processorSeconds } = host;
  if (accelerator !== 'tcg' || processorSeconds === undefined || wallSeconds <= 0) return undefined;
  const share = processorSeconds / wallSeconds;
  if (share >= fairShare || guestSeconds >= fairShare * wallSeconds) return undefined;
  const of = cpus === 1 ? 'of one processor' : `of one processor (the guest has ${cpus})`;
  return `The machine is emulated, and this host was busy: in ${wallSeconds.toFixed(0)} s QEMU had ${Math.round(share * 100)} % ${of}, and ${guestSeconds.toFixed(0)} s passed for the guest.`;
}
