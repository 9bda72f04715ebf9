/** The virtual machine that an image is tried on. A new one is a folder here, and its lines in index.ts and params.ts. */
import type { Architecture } from '../../src/architecture.ts';
import type { Problem } from '../checks/check.ts';

/** The host's processor, or an emulated one. */
export type Accelerator = 'kvm' | 'tcg';

/** A machine of one architecture, as QEMU is asked for it. */
export interface Machine {
  /** The program. */
  qemu: string;
  arch: Architecture;
  /** `-machine`. */
  type: string;
  /** `-cpu`, by accelerator. */
  cpu: Readonly<Record<Accelerator, string>>;
  /** Where QEMU shows the machine's clock: as the property `rtc-time`, or in a register that holds seconds since 1970, at that address. */
  clock: 'rtc-time' | { register: number };
  /** `-device` of a screen that firmware draws on, too. */
  display: string;
  /**
   * QEMU's arguments that bring the firmware in. What the guest may change of it is copied into `folder`, which is the guest's
   * own: the next guest finds everything as it left the factory.
   */
  firmware(folder: string): Promise<string[]>;
  /** What its console says when the firmware finds nothing that it could boot, and what to do about that. */
  nothingToBoot: { pattern: RegExp; hint: string };
  /**
   * Where the firmware starts nothing without a good signature: what the guest's console says of that, or what a check calls it; and
   * what firmware and boot loaders say of a signature that they refuse.
   */
  secureBoot?: { enabled: RegExp; active: string; refused: RegExp };
}

export interface MachineKind {
  /** @throws StageFailure `boot.architecture` where the stage image has no such machine. */
  on(arch: Architecture): Machine;
}

/** In place of a machine, where nothing here can start one: what its maker documents of the disk that it starts from. */
export interface Inspection {
  /** What the disk is compared with, such as `the layout that … documents for …`. */
  layout: string;
  /**
   * Looks into a disk, and starts nothing of it.
   * @param disk the path of the disk, byte for byte @param work a folder of its own; it is there
   */
  inspect(disk: string, work: string): Promise<Inspected>;
}

export interface Inspected {
  /** What was found as it should be, in a few words each, for the log. */
  seen: string[];
  /** Everything that would keep the machine from starting; empty where the disk is as it should be. */
  problems: Problem[];
}

export interface InspectionKind {
  readonly inspection: Inspection;
}

export function machineOrInspection(kind: MachineKind | InspectionKind, arch: Architecture): Machine | Inspection {
  return 'inspection' in kind ? kind.inspection : kind.on(arch);
}
