/** Plain hardware that every general-purpose system has drivers for, whatever its firmware. */
import { type Architecture, qemuNames } from '../../src/architecture.ts';
import type { Machine } from './machine.ts';

type Hardware = Pick<Machine, 'qemu' | 'arch' | 'type' | 'cpu' | 'clock' | 'display'>;

const hardware: Readonly<Record<Architecture, Omit<Hardware, 'qemu' | 'arch' | 'type'>>> = {
  x86_64: {
    // Emulating five-level paging costs time, and nested virtualisation is of no use in a guest that lives for a minute.
    // What a real processor copies fast is slow here: QEMU runs `rep movsb` byte by byte, and a guest that counts its
    // instructions returns to QEMU's main loop after each. Without these flags Linux and glibc copy words in loops.
    cpu: { kvm: 'host', tcg: 'max,la57=off,svm=off,erms=off,fsrm=off,fsrs=off,fsrc=off,fzrm=off' },
    clock: 'rtc-time',
    display: 'VGA',
  },
  // Signing every return address costs an emulator more than all else, and this processor has nothing of the sort.
  aarch64: {
    cpu: { kvm: 'host', tcg: 'cortex-a72' },
    // RTCDR of the PL031 (hw/arm/virt.c; ARM DDI 0224, 3.3.1).
    clock: { register: 0x0901_0000 },
    display: 'virtio-gpu-pci',
  },
};

export function hardwareOf(arch: Architecture): Hardware {
  const { program, machine } = qemuNames[arch];
  return { qemu: program, arch, type: machine, ...hardware[arch] };
}

/** QEMU's option syntax ends a value at a comma; two of them stand for one. */
export function escapeOption(value: string): string {
  return value.replaceAll(',', ',,');
}
