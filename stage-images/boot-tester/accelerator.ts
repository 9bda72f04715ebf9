/** Whether this machine runs guests on its own processor (KVM) or has to emulate one (TCG). */
import { runTool, ToolError } from '../contract/tool.ts';
import type { Accelerator, Machine } from './machines.ts';

/**
 * `kvm` when a virtual machine with a processor can really be made: /dev/kvm may be there and yet be of no use. QEMU's own
 * reason goes into the log otherwise.
 */
export async function chooseAccelerator(machine: Machine, log: (line: string) => void): Promise<Accelerator> {
  try {
    await runTool(
      machine.qemu,
      ['-nodefaults', '-no-user-config', '-machine', machine.type, '-accel', 'kvm', '-cpu', machine.cpu.kvm].concat([
        '-m',
        '16M',
        '-display',
        'none',
        '-S',
        '-qmp',
        'stdio',
      ]),
      { stdin: '{"execute":"qmp_capabilities"}\n{"execute":"quit"}\n', onLine: () => undefined },
    );
    return 'kvm';
  } catch (error) {
    if (!(error instanceof ToolError) || error.exitCode === undefined) throw error;
    log(`KVM does not work here, so the processor is emulated, which is slower: ${error.tail.at(-1) ?? ''}`);
    return 'tcg';
  }
}
