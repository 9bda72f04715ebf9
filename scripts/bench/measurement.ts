/** What a measurement is, and what it is given. */
import type Docker from 'dockerode';
import type { Lab } from './lab.ts';
import type { Samples, Unit } from './samples.ts';

/** One line of the table. */
export interface Row {
  /** What was measured, in words. */
  what: string;
  /** The most that is good enough, in the figure's unit; null for a figure that only informs. */
  goal: number | null;
  unit: Unit;
  figure: number;
  /** Everything that the figure was made of. */
  samples: readonly Samples[];
}

/** How large a kernel is compiled: that of examples/minimal.yaml, or the least that Kconfig allows. */
export type KernelSize = 'minimal' | 'tiny';

export interface Bench {
  /** The bench's own folder: what is known to be cold is made below it. */
  folder: string;
  docker: Docker;
  kernel: KernelSize;
  /** Tells what is going on; no part of the result. */
  say(line: string): void;
  /** The installation that measurements share, with whatever it has cached. */
  lab(): Promise<Lab>;
  /** The same, emptied first. */
  emptyLab(): Promise<Lab>;
}

export interface Measurement {
  /** Its file, and the name it is asked for by. */
  name: string;
  /** What it does, for `--help`; with the time it takes on two cores. */
  summary: string;
  run(bench: Bench): Promise<Row[]>;
}
