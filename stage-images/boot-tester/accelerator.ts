/** Whether this machine runs guests on its own processor (KVM) or has to emulate one (TCG). */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Accelerator, Machine } from '../../parts/machines/machine.ts';
import { ownArchitecture } from '../../src/architecture.ts';
import { runTool, ToolError } from '../contract/tool.ts';

/** A guest of five instructions needs no time; a machine that is busy elsewhere may. */
const probeSeconds = 10;
/** QEMU's isa-debug-exit ends it with `(value << 1) | 1`. */
const probeValue = 0x2a;
const probeExit = (probeValue << 1) | 1;
const exitPort = 0xf4;
/** The size of the smallest firmware that QEMU takes; an x86 processor begins 16 bytes before its end. */
const firmwareBytes = 64 << 10;

/**
 * `kvm` when a guest really runs: /dev/kvm may be there, and make machines and processors that never get going. Why not
 * goes into the log.
 */
export async function chooseAccelerator(
  machine: Machine,
  work: string,
  log: (line: string) => void,
): Promise<Accelerator> {
  const reason = (await lacksVirtualisation()) ?? (await probe(machine, work));
  if (reason === undefined) return 'kvm';
  log(`KVM does not work here, so the processor is emulated, which is slower: ${reason}`);
  return 'tcg';
}

/** Inside some virtual machines KVM interprets the first instructions of a guest by itself, and goes no further. */
async function lacksVirtualisation(): Promise<string | undefined> {
  if (ownArchitecture() !== 'x86_64' || /^flags\s*:.*\b(vmx|svm)\b/m.test(await readFile('/proc/cpuinfo', 'utf8')))
    return undefined;
  return 'the processor has neither VMX nor SVM';
}

/** Runs a guest of a few instructions; why it did not end as it should, if so. */
async function probe(machine: Machine, work: string): Promise<string | undefined> {
  const firmware = join(work, 'probe.bin');
  await writeFile(firmware, probeFirmware());
  const guest = ['-nodefaults', '-no-user-config', '-machine', machine.type, '-accel', 'kvm', '-cpu', machine.cpu.kvm];
  const parts = ['-m', '16M', '-display', 'none', '-no-reboot', '-bios', firmware];
  const exit = ['-device', `isa-debug-exit,iobase=${exitPort},iosize=4`];
  try {
    await runTool('timeout', ['--kill-after=5', String(probeSeconds), machine.qemu, ...guest, ...parts, ...exit], {
      okCodes: [probeExit],
      onLine: () => undefined,
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof ToolError) || error.exitCode === undefined) throw error;
    return error.tail.at(-1) ?? 'a guest that was tried did not get going';
  } finally {
    await rm(firmware);
  }
}

/** mov al, value; out port, al; hlt; jmp back to the hlt: all of it at the address where the processor begins. */
function probeFirmware(): Buffer {
  const image = Buffer.alloc(firmwareBytes);
  image.set([0xb0, probeValue, 0xe6, exitPort, 0xf4, 0xeb, 0xfd], firmwareBytes - 16);
  return image;
}
