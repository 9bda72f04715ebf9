/** What runs before the root file system is mounted. A new one is a folder here, and its lines in index.ts and params.ts. */
import type { Architecture } from '../../src/definition/architecture.ts';

/** A driver as the plan asks for it; an image without a `needed` one cannot boot. */
export interface WantedModule {
  name: string;
  needed: boolean;
}

/** The kernel that it is for, and what it is made with. */
export interface InitramfsJob {
  arch: Architecture;
  /** The tar of the root file system; it may still have to be verified. */
  rootfs: string;
  /** The kernel's release, such as 6.12.57-gw. */
  release: string;
  /** The tar of usr/lib/modules/<release>; null when the kernel has no modules. */
  modulesTar: string | null;
  /** Drivers that must be there before the root file system can be mounted. */
  wanted: readonly WantedModule[];
  /** Nothing can be written to the root file system: a layer in memory is laid above it. */
  overlay: boolean;
  /** dm-verity checks the root file system, by the words `roothash=` and `root=` of the command line. */
  verity: boolean;
  /** Seconds since the epoch: the time of everything in it. */
  sourceDate: number;
  /** A folder of its own for what is unpacked; it is made. */
  work: string;
  /** The file to write. */
  target: string;
  /**
   * The path of a file of the boot packages, which the part names in params.ts. @param path absolute, /usr merged
   * @throws StageFailure `boot.file-missing` when none of them has it
   */
  bootFile(path: string): Promise<string>;
  log(line: string): void;
}

export interface Initramfs {
  /**
   * Writes it to `job.target` and gives that path; null when this kernel can mount its root by itself, which it cannot with an overlay or dm-verity.
   * @throws StageFailure `kernel.module-missing` for a needed driver that the kernel does not have; what else a part says of itself
   */
  make(job: InitramfsJob): Promise<string | null>;
}
