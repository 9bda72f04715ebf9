/** The attempts of a build as spans of time. Pure. */
import type { Attempt } from '../../../../model/stage-run.ts';

export interface Span {
  attempt: Attempt;
  /** Fractions of the whole, from 0 to 1. */
  from: number;
  length: number;
  /** From the beginning of the first. */
  startSeconds: number;
  seconds: number;
}

export interface Timeline {
  spans: Span[];
  totalSeconds: number;
  /** Round numbers of seconds, for the axis. */
  ticks: number[];
}

const tickSteps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400];
const mostTicks = 7;

/** Attempts that never began have no span; one that runs reaches up to now. */
export function timelineOf(attempts: readonly Attempt[], nowMs: number): Timeline {
  const times = attempts.flatMap((attempt) =>
    attempt.startedAt === null
      ? []
      : [{ attempt, startMs: Date.parse(attempt.startedAt), endMs: endOf(attempt, nowMs) }],
  );
  if (times.length === 0) return { spans: [], totalSeconds: 0, ticks: [] };
  const firstMs = Math.min(...times.map(({ startMs }) => startMs));
  const lastMs = Math.max(...times.map(({ endMs }) => endMs));
  const totalMs = Math.max(1, lastMs - firstMs);
  const spans = times.map(({ attempt, startMs, endMs }) => ({
    attempt,
    from: (startMs - firstMs) / totalMs,
    length: (endMs - startMs) / totalMs,
    startSeconds: (startMs - firstMs) / 1000,
    seconds: (endMs - startMs) / 1000,
  }));
  return { spans, totalSeconds: totalMs / 1000, ticks: ticksOf(totalMs / 1000) };
}

function endOf({ startedAt, endedAt }: Attempt, nowMs: number): number {
  const startMs = Date.parse(startedAt ?? '');
  return Math.max(startMs, endedAt === null ? nowMs : Date.parse(endedAt));
}

function ticksOf(seconds: number): number[] {
  const step = tickSteps.find((candidate) => seconds / candidate <= mostTicks) ?? Math.ceil(seconds / mostTicks);
  return Array.from({ length: Math.floor(seconds / step + 1e-9) + 1 }, (_, index) => index * step);
}
