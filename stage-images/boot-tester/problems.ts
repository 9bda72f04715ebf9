/** What can be wrong with a boot besides a sign on its console, in words for the user. */
import type { Problem } from '../../parts/checks/check.ts';
import { serialConsoles } from '../../src/architecture.ts';
import type { GuestEnd } from './guest.ts';
import type { Phase } from './signs.ts';

/** `missing`: the signs of userspace that were not seen. */
export function timeoutProblem(timeoutMs: number, missing: readonly string[]): Problem {
  return {
    code: 'boot.timeout',
    message: `it was not up after ${timeoutMs / 1000} s; not seen: ${missing.join(', ')}`,
    hint: 'The last lines of the console show what it was waiting for.',
  };
}

/** The wall clock's limit: `missing` is empty for a guest that was up and had not stayed so for long enough. */
export function patienceProblem(wallMs: number, phase: Phase, missing: readonly string[]): Problem {
  const lacks = missing.length === 0 ? '' : `; not seen: ${missing.join(', ')}`;
  return {
    code: 'boot.too-slow',
    message: `no verdict was reached within ${wallMs / 60_000} minutes; it was in phase ${phase}${lacks}`,
    hint: 'Run the build again when this machine has less to do, or where KVM works.',
  };
}

/** `phase`: how far the guest had come; undefined when it never said anything. */
export function silenceProblem(silenceMs: number, phase: Phase | undefined, missing: readonly string[]): Problem {
  const silent = `its console was silent for ${silenceMs / 1000} s`;
  return phase === undefined
    ? {
        code: 'boot.silent',
        message: `${silent}; not even the firmware said anything`,
        hint: 'Run the build again; if it stays so, QEMU and its firmware do not work together on this machine.',
      }
    : {
        code: 'boot.silent',
        message: `${silent} in phase ${phase}; not seen: ${missing.join(', ')}`,
        hint: silenceHints[phase],
      };
}

const silenceHints: Readonly<Record<Phase, string>> = {
  firmware: `Nothing that the boot loader started spoke: see that the kernel command line has console=${serialConsoles.x86_64} (aarch64: ${serialConsoles.aarch64}), and that the boot loader does not wait for a key.`,
  kernel: `See that the kernel has CONFIG_SERIAL_8250_CONSOLE (aarch64: CONFIG_SERIAL_AMBA_PL011_CONSOLE), and that its command line has console=${serialConsoles.x86_64} (${serialConsoles.aarch64}).`,
  userspace:
    'See that a getty runs on the serial console, and that nothing keeps the default target from being reached.',
  up: 'The last lines of the console show what it was doing.',
};

/** A guest ended that should have stayed up. */
export function endProblem(end: GuestEnd, phase: Phase): Problem {
  switch (end.cause) {
    case 'reset':
      return {
        code: 'boot.rebooted',
        message: `the machine reset itself in phase ${phase}`,
        hint:
          phase === 'firmware'
            ? 'A boot loader that has no entry it can start resets the machine: see that its entries name files that are there.'
            : 'The last lines of the console show what it was doing.',
      };
    case 'shutdown':
      return {
        code: 'boot.powered-off',
        message: `the machine switched itself off in phase ${phase}`,
        hint: 'The last lines of the console show what asked for it.',
      };
    case 'flood':
      return {
        code: 'boot.console-flood',
        message: `its console does not come to rest (${end.message})`,
        hint: 'The last lines of the console show what repeats itself.',
      };
    case 'qemu':
      return {
        code: 'boot.qemu',
        message: `QEMU gave up: ${end.message}`,
        hint: 'The image was not tried. Run the build again; if it stays so, see whether memory and disk of this machine suffice.',
      };
  }
}
