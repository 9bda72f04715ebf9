/** Whether this machine runs guests on its own processor (KVM) or has to emulate one (TCG). */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Accelerator, Machine } from '../../parts/machines/machine.ts';
import { type Architecture, ownArchitecture } from '../../src/architecture.ts';
import { runTool, ToolError } from '../contract/tool.ts';

/** A guest of five instructions needs no time; a machine that is busy elsewhere may. */
const probeSeconds = 10;

/** A guest that ends QEMU by itself. */
interface Probe {
  firmware: Buffer;
  arguments: readonly string[];
  exitCode: number;
}

const probes: Readonly<Record<Architecture, () => Probe>> = { x86_64: x86Probe, aarch64: armProbe };

/**
 * `kvm` when a guest really runs: /dev/kvm may be there, and make machines and processors that never get going. Why not
 * goes into the log.
 */
export async function chooseAccelerator(
  machine: Machine,
  work: string,
  log: (line: string) => void,
): Promise<Accelerator> {
  const reason = (await lacksVirtualisation(machine)) ?? (await probe(machine, work));
  if (reason === undefined) return 'kvm';
  log(`KVM does not work here, so the processor is emulated, which is slower: ${reason}`);
  return 'tcg';
}

/** Inside some virtual machines KVM interprets the first instructions of a guest by itself, and goes no further. */
async function lacksVirtualisation({ arch }: Machine): Promise<string | undefined> {
  const own = ownArchitecture();
  if (own !== arch) return `this machine's processor is ${own ?? process.arch}, and the image is for ${arch}`;
  if (arch !== 'x86_64' || /^flags\s*:.*\b(vmx|svm)\b/m.test(await readFile('/proc/cpuinfo', 'utf8'))) return undefined;
  return 'the processor has neither VMX nor SVM';
}

/** Runs a guest of a few instructions; why it did not end as it should, if so. */
async function probe(machine: Machine, work: string): Promise<string | undefined> {
  const { firmware, arguments: own, exitCode } = probes[machine.arch]();
  const file = join(work, 'probe.bin');
  await writeFile(file, firmware);
  const guest = ['-nodefaults', '-no-user-config', '-machine', machine.type, '-accel', 'kvm', '-cpu', machine.cpu.kvm];
  const parts = ['-m', '16M', '-display', 'none', '-no-reboot', '-bios', file];
  try {
    await runTool('timeout', ['--kill-after=5', String(probeSeconds), machine.qemu, ...guest, ...parts, ...own], {
      okCodes: [exitCode],
      onLine: () => undefined,
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof ToolError) || error.exitCode === undefined) throw error;
    return error.tail.at(-1) ?? 'a guest that was tried did not get going';
  } finally {
    await rm(file);
  }
}

/** mov al, value; out port, al; hlt; jmp back to the hlt: where the processor begins, 16 bytes before the end of the firmware. */
function x86Probe(): Probe {
  const [value, port] = [0x2a, 0xf4];
  // No smaller firmware is taken.
  const firmware = Buffer.alloc(64 << 10);
  firmware.set([0xb0, value, 0xe6, port, 0xf4, 0xeb, 0xfd], firmware.length - 16);
  // QEMU's isa-debug-exit ends it with `(value << 1) | 1`.
  return {
    firmware,
    arguments: ['-device', `isa-debug-exit,iobase=${port},iosize=4`],
    exitCode: (value << 1) | 1,
  };
}

/** movz w0, 8; movk w0, 0x8400, lsl 16; hvc 0; b .: SYSTEM_OFF of PSCI (Arm DEN 0022), where the processor begins, at 0. */
function armProbe(): Probe {
  const instructions = [0x52800100, 0x72b08000, 0xd4000002, 0x14000000];
  const firmware = Buffer.alloc(4 * instructions.length);
  for (const [index, word] of instructions.entries()) firmware.writeUInt32LE(word, 4 * index);
  return { firmware, arguments: [], exitCode: 0 };
}
