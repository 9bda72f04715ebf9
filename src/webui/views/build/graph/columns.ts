/** Where each stage stands in the picture of a build: one column after all that it waits for. Pure. */
import type { StageName } from '../../../../stages/names.ts';

interface Waiting {
  name: StageName;
  /** The stages that it waits for. */
  after: readonly StageName[];
}

export interface Placed<Stage> {
  stage: Stage;
  /** From 0. */
  column: number;
  row: number;
}

export interface Edge {
  from: StageName;
  to: StageName;
}

/** Stages that wait for the same share a column; a branch keeps the row in which it began. */
export function place<Stage extends Waiting>(stages: readonly Stage[]): Placed<Stage>[] {
  const placed = new Map<StageName, Placed<Stage>>();
  const taken = new Set<string>();
  for (const stage of stages) {
    const before = stage.after.flatMap((name) => placed.get(name) ?? []);
    const column = Math.max(-1, ...before.map((one) => one.column)) + 1;
    let row = Math.min(...(before.length > 0 ? before.map((one) => one.row) : [0]));
    while (taken.has(`${column} ${row}`)) row += 1;
    taken.add(`${column} ${row}`);
    placed.set(stage.name, { stage, column, row });
  }
  return [...placed.values()];
}

export function edges(stages: readonly Waiting[]): Edge[] {
  const there = new Set(stages.map(({ name }) => name));
  return stages.flatMap(({ name, after }) =>
    after.filter((from) => there.has(from)).map((from) => ({ from, to: name })),
  );
}
