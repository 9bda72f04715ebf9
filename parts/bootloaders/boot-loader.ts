/** What makes firmware start a kernel. A new one is a folder here, and its lines in index.ts and params.ts. */
import type { Architecture } from '../../src/definition/architecture.ts';
import type { BiosBootPlace } from '../layouts/layout.ts';
import type { Placement } from '../placement.ts';

/** What is to be booted. */
export interface BootFacts {
  arch: Architecture;
  /** The distribution's name and version, its title for people, and the kernel's release, such as 6.12.57-gw. */
  name: string;
  version: string;
  title: string;
  release: string;
  /** The kernel's whole command line. */
  cmdline: string;
  /** The same without the words that the definition adds: for an entry that is there should these be wrong. */
  plainCmdline: string;
  /** Where the kernel's and the initramfs' files are; the latter only where one is needed. */
  kernel: string;
  initramfs: string | null;
  /** Device trees that components ask for, by their names in the kernel's tree, such as broadcom/bcm2711-rpi-4-b.dtb. */
  deviceTrees: readonly { name: string; file: string }[];
  /** What tells this image from all others: a UUID. */
  imageId: string;
  /** Where code for BIOS firmware stands; null where the layout has no place for it. */
  biosBoot: BiosBootPlace | null;
}

/** What a boot loader may use to make its files. */
export interface BootTools {
  /** A folder of its own for what it makes; it is there. */
  work: string;
  /**
   * The path of a file of the boot packages, which the component names under `bootPackages`: it is of the image's architecture, and
   * nothing here can run it. @param path absolute, /usr merged @throws StageFailure `boot.file-missing` when none of them has it
   */
  bootFile(path: string): Promise<string>;
  /**
   * Signed values of the variables PK, KEK and db (`PK.auth` …) with which firmware in setup mode comes to know the key that the image
   * is signed with; undefined where it is not signed.
   */
  enrolment?: { name: string; file: string }[] | undefined;
  /** Runs a program of the stage image, its output going into the log. @throws ToolError when it does not end well. */
  run(tool: string, args: readonly string[]): Promise<unknown>;
}

export interface BootLoader {
  /**
   * Everything that this boot loader puts anywhere, kernel and initramfs included. Nothing is written but below `tools.work`:
   * the layout puts things where they belong. A file that is placed is one of `facts` or of `bootFile`, or was made below `tools.work`.
   */
  install(facts: BootFacts, tools: BootTools): Promise<Placement[]>;
}
