/** Plain hardware that every general-purpose system has drivers for, whatever its firmware. */
import { type Architecture, qemuNames } from '../../src/architecture.ts';
import { StageFailure } from '../../stage-images/contract/failure.ts';
import type { Machine } from './machine.ts';

type Hardware = Pick<Machine, 'qemu' | 'type' | 'cpu' | 'display'>;

const hardware: Readonly<Record<Architecture, Hardware | undefined>> = {
  x86_64: {
    qemu: qemuNames.x86_64.program,
    type: qemuNames.x86_64.machine,
    // Emulating five-level paging costs time, and nested virtualisation is of no use in a guest that lives for a minute.
    // What a real processor copies fast is slow here: QEMU runs `rep movsb` byte by byte, and a guest that counts its
    // instructions returns to QEMU's main loop after each. Without these flags Linux and glibc copy words in loops.
    cpu: { kvm: 'host', tcg: 'max,la57=off,svm=off,erms=off,fsrm=off,fsrs=off,fsrc=off,fzrm=off' },
    display: 'VGA',
  },
  aarch64: undefined,
};

/** @throws StageFailure `boot.architecture` when this image has none. */
export function hardwareOf(arch: Architecture): Hardware {
  const found = hardware[arch];
  if (found) return found;
  throw new StageFailure({
    code: 'boot.architecture',
    message: `The boot-tester has no machine to boot ${arch} images on.`,
    hint: 'Build without the boot test (boot: false, or --no-boot) and try the image on another machine.',
  });
}

/** QEMU's option syntax ends a value at a comma; two of them stand for one. */
export function escapeOption(value: string): string {
  return value.replaceAll(',', ',,');
}
