/** The heading of a part of the log: what it is, how long it took, and how many lines it has; folds it. */
import { UnstyledButton } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { Elapsed } from '../../../parts/time.tsx';
import classes from './log.module.css';
import type { Section } from './sections.ts';

interface LogHeadingProps {
  heading: Section;
  open: boolean;
  /** Its place among the rows that are shown. */
  row: number;
  offset: number;
  onFold: (section: Section, open: boolean) => void;
}

export function LogHeading({ heading, open, row, offset, onFold }: LogHeadingProps) {
  const { title, level, failed, from, to, startedAt, endedAt } = heading;
  const count = to - from;
  return (
    <UnstyledButton
      className={classes.heading}
      style={{ transform: `translateY(${offset}px)` }}
      data-index={row}
      data-level={level}
      data-failed={failed || undefined}
      aria-expanded={open}
      onClick={() => onFold(heading, !open)}
    >
      <IconChevronRight size={14} aria-hidden visibility={count === 0 ? 'hidden' : undefined} />
      <span className={classes.title}>{title}</span>
      <span className={classes.amount}>
        <Elapsed from={startedAt} to={endedAt} />
        {count > 0 && ` · ${count.toLocaleString()} ${count === 1 ? 'line' : 'lines'}`}
      </span>
    </UnstyledButton>
  );
}
