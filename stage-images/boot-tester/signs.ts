/**
 * What a console says of a boot. The signs of boot loader, initramfs and kernel stand here, for they hold whatever the init; how
 * firmware says that it finds nothing comes with the machine, and how an init tells that userspace is up, or in trouble, with the
 * request, from its component.
 */
import { RE2JS, RE2JSException } from 're2js';
import type { Question } from '../../parts/checks/check.ts';
import type { Machine } from '../../parts/machines/machine.ts';
import type { ConsoleSigns } from '../../src/stages/boot/contract.ts';
import { StageFailure } from '../contract/failure.ts';

/** How far a guest has come; it never goes back. */
export const phases = ['firmware', 'kernel', 'userspace', 'up'] as const;
export type Phase = (typeof phases)[number];

/** Something to search a line for. */
interface Pattern {
  test(line: string): boolean;
}

export interface UpSign {
  what: string;
  pattern: Pattern;
  /** A systemd unit; that it is active proves the same. */
  unit: string | undefined;
}

export interface DownSign {
  code: string;
  /** Continues "<artifact> did not come up: …". */
  message: string;
  pattern: Pattern;
  hint: string;
  /** A sign of firmware and boot loader means nothing once the kernel speaks. */
  firmwareOnly?: true;
}

export interface Signs {
  up: readonly UpSign[];
  /** The nearer to the cause the earlier: of all that were seen, the first names the failure. */
  down: readonly DownSign[];
}

const generalDown: readonly DownSign[] = [
  {
    code: 'boot.loader',
    message: 'the boot loader found nothing it could start',
    // GRUB's prompts; systemd-boot's report of an image that is no EFI program (src/boot/boot.c).
    pattern:
      /^grub(?: rescue)?>|^Error (?:loading|preparing initrd|executing|starting) |^Failed to (?:load|execute|start) /,
    hint: "See that the boot loader's entries name the kernel and the initramfs where they stand.",
    firmwareOnly: true,
  },
  {
    code: 'boot.initramfs',
    message: 'the initramfs could not hand over to the root file system',
    // LDF's own, Debian's initramfs-tools, dracut.
    pattern:
      /^initramfs: (?:no \S+ within|\S+ could not be mounted|\S+ has no |the command line has no|\S+ is of no known form)|^ALERT! .* Dropping to a shell|^\(initramfs\)|dracut: (?:FATAL|Refusing to continue)/,
    hint: 'See that the kernel, or the initramfs, has the drivers of the disk and of the root file system, and that root= names that file system.',
  },
  {
    code: 'boot.kernel-panic',
    message: 'the kernel found no root file system and panicked',
    pattern: /(?<!end )Kernel panic - not syncing: VFS: /,
    hint: 'Build the drivers of disk, partition table and root file system into the kernel (such as CONFIG_VIRTIO_BLK, CONFIG_EFI_PARTITION, CONFIG_EXT4_FS), or have them in an initramfs.',
  },
  {
    code: 'boot.kernel-panic',
    message: 'the kernel found no init it could run and panicked',
    pattern: /(?<!end )Kernel panic - not syncing: (?:No working init|Requested init|Attempted to kill init)/,
    hint: "See that the root file system has /sbin/init, and that the kernel can run it (CONFIG_BINFMT_ELF, CONFIG_64BIT). The console's lines before the panic say how it ended.",
  },
  {
    code: 'boot.kernel-panic',
    message: 'the kernel panicked',
    pattern: /(?<!end )Kernel panic - not syncing/,
    hint: 'The lines before the panic name its cause. Take back the latest change of kernel.config, or try another kernel version.',
  },
];

const defaultHint =
  'The lines of the console before it, all of them in the log of this stage, tell how it came to that.';

/**
 * The signs of a request, ready to match, the general ones before the init's own.
 * @throws StageFailure `boot.signs-missing`, `boot.signs-invalid`.
 */
export function compileSigns(signs: ConsoleSigns, nothingToBoot: Machine['nothingToBoot']): Signs {
  if (signs.up.length === 0)
    throw new StageFailure({
      code: 'boot.signs-missing',
      message: 'Nothing tells how the console of this distribution looks once it is up.',
      hint: 'Give the init component at least one sign under contributes.console.up.',
    });
  return {
    up: signs.up.map(({ what, pattern, unit }) => ({ what, pattern: compile(pattern), unit })),
    down: [
      {
        code: 'boot.firmware',
        message: 'the firmware found nothing it could boot',
        ...nothingToBoot,
        firmwareOnly: true,
      },
      ...generalDown,
      ...signs.down.map(({ code, message, pattern, hint = defaultHint }) => ({
        code,
        message,
        pattern: compile(pattern),
        hint,
      })),
    ],
  };
}

/** @throws StageFailure `boot.signs-invalid` */
export function compileQuestions({ questions = [] }: ConsoleSigns): Question[] {
  return questions.map(({ what, command, pattern, hint }) => {
    const compiled = compile(pattern);
    return { what, command, hint, matches: (line) => compiled.test(line) };
  });
}

/** RE2 needs a time that grows with the line and no more: a component's pattern can keep nobody waiting. */
function compile(pattern: string): Pattern {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw new StageFailure({
      code: 'boot.signs-invalid',
      message: `The console sign ${JSON.stringify(pattern)} is no regular expression of RE2: ${error.message}.`,
      hint: 'Correct it in the component that has it under contributes.console.',
    });
  }
}

const phaseSigns: Readonly<Record<'kernel' | 'userspace', RegExp>> = {
  kernel: /^EFI stub: |^(?:\[ *\d+\.\d+\] )?Linux version \d/,
  userspace: /\bRun \S+ as init process|\bsystemd\[1\]: |^Welcome to |^INIT: version |^ +OpenRC \d/,
};

/** The phase a guest is in after `line`, having been in `phase` before. */
export function phaseAfter(line: string, phase: Phase): Phase {
  if ((phase === 'firmware' || phase === 'kernel') && phaseSigns.userspace.test(line)) return 'userspace';
  if (phase === 'firmware' && phaseSigns.kernel.test(line)) return 'kernel';
  return phase;
}
