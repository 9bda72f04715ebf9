/** The stages of a build as they wait for each other: branches side by side, or a list where there is no room for that. */
import { useElementSize, useMergedRef } from '@mantine/hooks';
import { useLayoutEffect, useRef, useState } from 'react';
import type { StageRun } from '../../../../model/stage-run.ts';
import type { StageName } from '../../../../stages/names.ts';
import { edges, place } from './columns.ts';
import classes from './graph.module.css';
import { StageCard } from './stage-card.tsx';

interface StageGraphProps {
  stages: readonly StageRun[];
  chosen: StageName | undefined;
  onChoose: (stage: StageName) => void;
}

export function StageGraph({ stages, chosen, onChoose }: StageGraphProps) {
  const box = useRef<HTMLDivElement>(null);
  const { ref, width, height } = useElementSize();
  const merged = useMergedRef(box, ref);
  const [lines, setLines] = useState<string[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the cards move with the size of the box
  useLayoutEffect(() => setLines(box.current ? linesIn(box.current, stages) : []), [width, height, stages.length]);
  return (
    <section ref={merged} className={classes.graph} aria-label="Stages">
      <svg className={classes.edges} aria-hidden>
        {lines.map((line) => (
          <path key={line} d={line} />
        ))}
      </svg>
      {place(stages).map(({ stage, column, row }) => (
        <div key={stage.name} style={{ gridColumn: column + 1, gridRow: row + 1, minWidth: 0 }}>
          <StageCard stage={stage} chosen={stage.name === chosen} onChoose={() => onChoose(stage.name)} />
        </div>
      ))}
    </section>
  );
}

/** A curve from the right side of each card to the left side of those that wait for it. */
function linesIn(box: HTMLElement, stages: readonly StageRun[]): string[] {
  const origin = box.getBoundingClientRect();
  const card = (name: StageName) => box.querySelector(`[data-stage="${name}"]`)?.getBoundingClientRect();
  return edges(stages).flatMap(({ from, to }) => {
    const [start, end] = [card(from), card(to)];
    if (!start || !end) return [];
    const [x1, y1] = [start.right - origin.left, start.top + start.height / 2 - origin.top];
    const [x2, y2] = [end.left - origin.left, end.top + end.height / 2 - origin.top];
    const bend = Math.min(30, (x2 - x1) / 2);
    return [`M${x1},${y1} H${Math.max(x1, x2 - 2 * bend)} C${x2 - bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`];
  });
}
