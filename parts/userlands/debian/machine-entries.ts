/** What the machines made from one image must not share: what the definition and its components say, and what packages are known for. */

import type { AssembleParams } from '../../../src/stages/assemble/contract.ts';
import type { FirstBootEntry } from '../../inits/init-system.ts';
import { perMachineTable } from './per-machine-table.ts';

/** What of the parameters says what is to be made at first boot. */
export type FirstBootParams = Pick<AssembleParams, 'perMachine' | 'files'>;

/**
 * The entries of the definition and its components, then those of the table. An entry of the table gives way to another
 * one that makes one of its files.
 */
export function entriesOf(
  { perMachine = [] }: Pick<FirstBootParams, 'perMachine'>,
  table: readonly FirstBootEntry[] = perMachineTable,
): FirstBootEntry[] {
  const taken = new Set(perMachine.flatMap(({ files }) => files.map(({ path }) => path)));
  const names = new Set(perMachine.map(({ name }) => name));
  const known = table.filter(({ name, files }) => !names.has(name) && !files.some(({ path }) => taken.has(path)));
  return [...perMachine, ...known];
}
