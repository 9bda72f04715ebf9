/** A build's journal: JSON lines in a file, server-sent events on the wire. */
import * as z from 'zod';
import { BuildState } from './build.ts';
import { Failure } from './problem.ts';
import { AnyStageName } from './stage-name.ts';
import { StageState } from './stage-run.ts';
import { Time } from './time.ts';

/** A line of a stage's output, or of what LDF says about it (stream `ldf`). */
export const LogEntry = z.strictObject({
  type: z.literal('log'),
  /** As the container engine stamped it, with nanoseconds. */
  at: z.string(),
  stage: AnyStageName,
  attempt: z.int(),
  stream: z.enum(['stdout', 'stderr', 'ldf']),
  text: z.string(),
  /** Where the container's log continues after this line, when that is not one line after `at`. */
  position: z.strictObject({ timestamp: z.string(), count: z.int().nonnegative() }).optional(),
});
export type LogEntry = z.infer<typeof LogEntry>;

/** From here on, the lines of a stage are those of this phase, or of this item of it. */
export const PhaseEntry = z.strictObject({
  type: z.literal('phase'),
  ...LogEntry.pick({ at: true, stage: true, attempt: true, position: true }).shape,
  phase: z.string(),
  /** What the phase is at when it handles many, such as a package. */
  item: z.string().nullable(),
});
export type PhaseEntry = z.infer<typeof PhaseEntry>;

/** One line of a build's journal. `id` is the position just after it: what Last-Event-ID and `after` take. */
export const JournalEntry = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('build'), at: Time, state: BuildState, error: Failure.nullable() }),
  z.strictObject({
    type: z.literal('stage'),
    at: Time,
    stage: AnyStageName,
    attempt: z.int(),
    state: StageState,
    reason: z.string().nullable(),
    error: Failure.nullable(),
  }),
  z.strictObject({
    type: z.literal('progress'),
    at: Time,
    stage: AnyStageName,
    attempt: z.int(),
    progress: z.number(),
    note: z.string(),
  }),
  LogEntry,
  PhaseEntry,
  z.strictObject({ type: z.literal('end'), at: Time, state: BuildState }),
]);
export type JournalEntry = z.infer<typeof JournalEntry>;

export const LogLine = LogEntry.extend({
  id: z.int().nonnegative().describe('The position just after the line.'),
});
export type LogLine = z.infer<typeof LogLine>;

export const LogPage = z.strictObject({
  items: z.array(LogLine),
  next: z.int().nonnegative().describe('Where to continue; the same as `after` when there is no more for now.'),
});
export type LogPage = z.infer<typeof LogPage>;
