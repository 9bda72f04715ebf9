/** Every measurement, in the order they run: the first to need a kernel compiles one, the others find it. */
import { changes } from './changes.ts';
import { compile } from './compile.ts';
import { logs } from './logs.ts';
import type { Measurement } from './measurement.ts';
import { mkosi } from './mkosi.ts';
import { packaging } from './packaging.ts';
import { queue } from './queue.ts';
import { rebuild } from './rebuild.ts';
import { stageOverhead } from './stage-overhead.ts';
import { verify } from './verify.ts';

export const measurements: readonly Measurement[] = [
  stageOverhead,
  queue,
  logs,
  changes,
  rebuild,
  packaging,
  verify,
  compile,
  mkosi,
];
