/**
 * The shapes that the API, the CLI's `--json`, build.json and the web UI have in common. The API's routes, its OpenAPI
 * document and the client's types all come from these schemas. Times are RFC 3339 in UTC.
 */
import * as z from 'zod';
import { boundedRecord, bounds } from '../definition/bounds.ts';
import { Architecture } from '../definition/definition.ts';
import { ArtifactFacts } from '../stages/artifact-facts.ts';
import { ProgramName, Usage } from '../stages/contract.ts';
import { Lock } from '../stages/lock.ts';
import { imageNames } from '../stages/names.ts';

export const Time = z.iso.datetime();
/** A stage by its name. Which there are, a plan and a build tell. */
export const StageNameShape = ProgramName;

export const buildStates = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export const BuildState = z.enum(buildStates);
export type BuildState = z.infer<typeof BuildState>;

export const stageStates = ['pending', 'running', 'succeeded', 'cached', 'failed', 'cancelled', 'skipped'] as const;
export const StageState = z.enum(stageStates);
export type StageState = z.infer<typeof StageState>;

export const DetailShape = z.strictObject({
  pointer: z.string(),
  message: z.string(),
  value: z.string().optional(),
  hint: z.string().optional(),
});

/** Why a build or a stage ended badly. */
export const FailureShape = z.strictObject({
  code: z.string(),
  message: z.string(),
  hint: z.string().nullable(),
  stage: StageNameShape.nullable(),
  details: z.array(DetailShape),
});
export type FailureShape = z.infer<typeof FailureShape>;

/**
 * `bootable` is said only of what has booted; `console` is the id of the artifact that recorded the console, `screen` of the
 * picture of the screen.
 */
export const VerdictShape = z.strictObject({
  bootable: z.boolean(),
  /** How long it took in the time of what booted, which a busy host does not make longer. */
  seconds: z.number(),
  /** How long it took in the host's time, up to the verdict. Absent in verdicts of earlier releases. */
  wallSeconds: z.number().optional(),
  console: z.string().nullable(),
  /** Absent where there was no screen to take a picture of. */
  screen: z.string().optional(),
});
export type VerdictShape = z.infer<typeof VerdictShape>;

export const StageRunShape = z.strictObject({
  name: StageNameShape,
  after: z.array(StageNameShape).describe('The stages that it waits for.'),
  state: StageState,
  attempt: z.int().positive(),
  progress: z.number().min(0).max(1),
  note: z.string(),
  key: z.string().nullable(),
  /** Why it ran, or why it did not have to. */
  reason: z.string().nullable(),
  startedAt: Time.nullable(),
  endedAt: Time.nullable(),
  /** What like runs took, median of the history; null without one. */
  estimateSeconds: z.number().nullable(),
  /** What its container has used so far; null while nothing is known of it. */
  usage: Usage.nullable(),
  error: FailureShape.nullable(),
});
export type StageRunShape = z.infer<typeof StageRunShape>;

/** One thing that was other than before: a parameter by its path, the stage image, or an input. null: it was not there. */
export const DifferenceShape = z.strictObject({
  what: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
});
export type DifferenceShape = z.infer<typeof DifferenceShape>;

/** The earlier run that a reason was worked out from, and every difference from it. */
export const ComparisonShape = z.strictObject({
  build: z.string(),
  attempt: z.int().positive(),
  differences: z.array(DifferenceShape),
});
export type ComparisonShape = z.infer<typeof ComparisonShape>;

/** One attempt at a stage, with all that is known of why it ran. */
export const AttemptShape = StageRunShape.extend({
  forced: z.boolean().describe('A retry named its stage or one before it.'),
  exitCode: z.int().nullable(),
  /** null when the reason is another than a difference. */
  compared: ComparisonShape.nullable(),
});
export type AttemptShape = z.infer<typeof AttemptShape>;

export const ArtifactShape = z.strictObject({
  id: z.string(),
  name: z.string(),
  ...ArtifactFacts.shape,
  sizeBytes: z.int().nonnegative(),
  sha256: z.string(),
  /** null for what cannot boot, and for what was not tried. */
  verdict: VerdictShape.nullable(),
  /** When garbage collection removed the content; absent while it is there. */
  removedAt: Time.optional(),
});
export type ArtifactShape = z.infer<typeof ArtifactShape>;

/** An artifact as the build made it, and as its verification did; null where one of them has none of that name. */
export const ArtifactAgainShape = z.strictObject({
  name: z.string(),
  sha256: z.string().nullable(),
  again: z.string().nullable(),
  same: z.boolean(),
  /** Offset of the first byte that differs, from 0; null when there is none, or no two files to compare. */
  firstDifferentByte: z.int().nonnegative().nullable(),
});
export type ArtifactAgainShape = z.infer<typeof ArtifactAgainShape>;

/** The first output that differs, in the order of the stages: where to look for the cause. */
export const FirstDifferenceShape = z.strictObject({
  stage: StageNameShape,
  path: z.string(),
  /** The first differing file in it, when it is a tar archive. */
  member: z.string().nullable(),
  /** In words: what differs about it. */
  how: z.string(),
});
export type FirstDifferenceShape = z.infer<typeof FirstDifferenceShape>;

/** What building again from nothing found. `failed`: it did not come to a comparison. */
export const ReproducibleShape = z.strictObject({
  state: z.enum(['same', 'different', 'failed']),
  at: Time,
  by: z.string().describe('The build that did it.'),
  artifacts: z.array(ArtifactAgainShape),
  firstDifference: FirstDifferenceShape.nullable(),
});
export type ReproducibleShape = z.infer<typeof ReproducibleShape>;

export const BuildShape = z.strictObject({
  id: z.string(),
  distributionId: z.string().nullable(),
  name: z.string(),
  version: z.string(),
  state: BuildState,
  arch: Architecture,
  formats: z.array(z.string()),
  createdAt: Time,
  startedAt: Time.nullable(),
  endedAt: Time.nullable(),
  /** Place in the queue, from 1; null when it is not waiting. */
  queuePosition: z.int().positive().nullable(),
  error: FailureShape.nullable(),
  verdict: VerdictShape.nullable(),
  /** The build that this one builds again, when it is a verification. */
  verifies: z.string().nullable(),
  /** What the newest verification of this build found; null without one. */
  reproducible: ReproducibleShape.nullable(),
  /** The newest attempt of each stage, in the order of the plan. */
  stages: z.array(StageRunShape),
  artifacts: z.array(ArtifactShape),
});
export type BuildShape = z.infer<typeof BuildShape>;

export const BuildOptions = z.strictObject({
  arch: Architecture.optional().describe("Default: the definition's."),
  formats: z
    .array(z.string().max(63))
    .min(1)
    .max(bounds.formats)
    .optional()
    .describe("Default: the definition's image.formats."),
  boot: z.boolean().default(true).describe('Boot what can boot; without it nothing is called bootable.'),
  noCache: z.boolean().default(false).describe('Run every stage from nothing, whatever the cache holds.'),
  priority: z.int().min(-100).max(100).default(0).describe('Higher goes first.'),
});
export type BuildOptions = z.infer<typeof BuildOptions>;

export const DistributionShape = z.strictObject({
  id: z.string(),
  name: z.string(),
  version: z.string(),
  arch: Architecture,
  /** As it was written; defaults are not filled in. */
  definition: z.record(z.string(), z.unknown()),
  /** The stored locks, by architecture. */
  locks: z.partialRecord(Architecture, Lock),
  components: z
    .array(z.strictObject({ kind: z.string(), name: z.string() }))
    .describe('What the definition chooses, with its defaults; what these draw in, a plan tells.'),
  createdAt: Time,
  updatedAt: Time,
  lastBuild: z
    .strictObject({
      id: z.string(),
      state: BuildState,
      createdAt: Time,
      verdict: VerdictShape.nullable(),
      images: z.array(z.strictObject({ format: z.string(), sizeBytes: z.int().nonnegative() })),
    })
    .nullable(),
});
export type DistributionShape = z.infer<typeof DistributionShape>;

export const DistributionInput = z.strictObject({
  definition: boundedRecord(z.string().max(bounds.lineLength), z.unknown(), bounds.keys).describe(
    'A definition; see docs/definition.md.',
  ),
  lock: Lock.optional().describe('The lock that belongs to it, if there is one.'),
});

/** What a definition comes to: the components it draws in, and the stages that make it. Keys need a lock and stage images. */
export const PlanShape = z.strictObject({
  name: z.string(),
  version: z.string(),
  arch: Architecture,
  formats: z.array(z.string()),
  components: z.array(z.strictObject({ kind: z.string(), name: z.string(), title: z.string(), because: z.string() })),
  packages: z.array(z.strictObject({ name: z.string(), from: z.string() })),
  /** Remarks on what the lock leaves out, as sentences; empty while the packages are not locked. */
  notes: z.array(z.string()),
  kernelOptions: z.array(z.strictObject({ symbol: z.string(), value: z.string(), from: z.string() })),
  stages: z.array(
    z.strictObject({
      name: StageNameShape,
      image: z.enum(imageNames),
      after: z.array(StageNameShape),
      key: z.string().nullable(),
      /** Whether a build that begins now finds its result; null while that cannot be known. */
      cached: z.boolean().nullable(),
      /** Why it would run, or why it would not have to. */
      reason: z.string().nullable(),
      /** What like runs took, median of the history; null without one. */
      estimateSeconds: z.number().nullable(),
    }),
  ),
});
export type PlanShape = z.infer<typeof PlanShape>;

/** One thing that changed between two locks. */
export const LockChange = z.strictObject({
  group: z.enum(['kernel', 'packages']),
  name: z.string(),
  from: z.string().nullable(),
  to: z.string().nullable(),
});
export type LockChange = z.infer<typeof LockChange>;

export const LockRequest = z.strictObject({
  arch: Architecture.optional(),
  update: z.boolean().default(false).describe('Resolve every group anew.'),
  dryRun: z.boolean().default(false).describe('Say what would move and store nothing.'),
});
export const LockAnswer = z.strictObject({
  lock: Lock,
  changes: z.array(LockChange),
  notes: PlanShape.shape.notes,
  stored: z.boolean(),
});
export type LockAnswer = z.infer<typeof LockAnswer>;

export const StageImageShape = z.strictObject({
  name: z.enum(imageNames),
  state: z.enum(['ok', 'missing', 'mismatch', 'stale']),
  /** What is wrong and how to mend it; null when it is fine. */
  problem: z.string().nullable(),
  id: z.string().nullable(),
  identity: z.string().nullable(),
  origin: z.enum(['built', 'pulled', 'loaded']).nullable(),
  sizeBytes: z.int().nonnegative().nullable(),
});
export type StageImageShape = z.infer<typeof StageImageShape>;

export const ComponentShape = z.strictObject({
  kind: z.string(),
  name: z.string(),
  title: z.string(),
  summary: z.string(),
  arch: z.array(Architecture),
  provides: z.array(z.string()),
  requires: z.array(z.array(z.string())),
  conflicts: z.array(z.string()),
  /** Shipped with LDF, or added through the API. */
  origin: z.enum(['shipped', 'user']),
  /** The whole component file. */
  spec: z.record(z.string(), z.unknown()),
});
export type ComponentShape = z.infer<typeof ComponentShape>;

/** What LDF's files take, and the bounds of it. */
export const DiskShape = z.strictObject({
  layerBytes: z.int(),
  sourceBytes: z.int(),
  /** null while it cannot be measured. */
  cacheBytes: z.int().nullable(),
  artifactBytes: z.int(),
  /** All of these. */
  usedBytes: z.int(),
  /** null without one. */
  budgetBytes: z.int().nullable(),
  /** Free space that is left to others. */
  reserveBytes: z.int(),
  /** Where artifacts are. */
  freeBytes: z.int(),
  /** Where Docker keeps layers and sources; null when that is another machine. */
  dockerFreeBytes: z.int().nullable(),
});
export type DiskShape = z.infer<typeof DiskShape>;

export const collectableKinds = ['layer', 'source', 'cache', 'artifact'] as const;

export const GcRequest = z.strictObject({
  dryRun: z.boolean().default(false).describe('Say what would go and remove nothing.'),
  freeBytes: z
    .int()
    .nonnegative()
    .default(0)
    .describe('Free so much, even while everything is within budget and reserve.'),
});

/** What garbage collection removed, or would remove, and what it left. */
export const GcShape = z.strictObject({
  dryRun: z.boolean(),
  /** How much there was to free. */
  wantedBytes: z.int(),
  freedBytes: z.int(),
  /** In the order in which they go. */
  removed: z.array(
    z.strictObject({
      kind: z.enum(collectableKinds),
      name: z.string(),
      sizeBytes: z.int(),
      lastUsedAt: Time,
      why: z.string(),
    }),
  ),
  /** What stays, by kind and reason. */
  kept: z.array(
    z.strictObject({ kind: z.enum(collectableKinds), why: z.string(), count: z.int(), sizeBytes: z.int() }),
  ),
});
export type GcShape = z.infer<typeof GcShape>;

export const SystemShape = z.strictObject({
  version: z.string(),
  docker: z.strictObject({
    reachable: z.boolean(),
    version: z.string().nullable(),
    cpus: z.int().nullable(),
    memoryBytes: z.int().nullable(),
    architecture: Architecture.nullable().describe('What is built here: maintainer scripts run on the machine itself.'),
    kvm: z.boolean().nullable().describe('Whether guests have KVM or are emulated; null until the first was started.'),
  }),
  dataDir: z.string(),
  disk: DiskShape,
  queue: z.strictObject({ queued: z.int(), running: z.int() }),
  /** Everything that would keep builds from running, with its way out. */
  problems: z.array(z.strictObject({ message: z.string(), hint: z.string() })),
});
export type SystemShape = z.infer<typeof SystemShape>;

// --- the journal, as JSON lines in a file and as server-sent events ---------------------------------------------------

/** A line of a stage's output, or of what LDF says about it (stream `ldf`). */
export const LogEntry = z.strictObject({
  type: z.literal('log'),
  /** As the container engine stamped it, with nanoseconds. */
  at: z.string(),
  stage: StageNameShape,
  attempt: z.int(),
  stream: z.enum(['stdout', 'stderr', 'ldf']),
  text: z.string(),
  /** Where the container's log goes on after this line, when that is not one line after `at`. */
  position: z.strictObject({ timestamp: z.string(), count: z.int().nonnegative() }).optional(),
});
export type LogEntry = z.infer<typeof LogEntry>;

/** One line of a build's journal. `id` is the position just after it: what Last-Event-ID and `after` take. */
export const JournalEntry = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('build'), at: Time, state: BuildState, error: FailureShape.nullable() }),
  z.strictObject({
    type: z.literal('stage'),
    at: Time,
    stage: StageNameShape,
    attempt: z.int(),
    state: StageState,
    reason: z.string().nullable(),
    error: FailureShape.nullable(),
  }),
  z.strictObject({
    type: z.literal('progress'),
    at: Time,
    stage: StageNameShape,
    attempt: z.int(),
    progress: z.number(),
    note: z.string(),
  }),
  LogEntry,
  z.strictObject({ type: z.literal('end'), at: Time, state: BuildState }),
]);
export type JournalEntry = z.infer<typeof JournalEntry>;

/** RFC 9457 problem document. */
export const ProblemShape = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  hint: z.string().optional(),
  errors: z.array(DetailShape).optional(),
});
export type ProblemShape = z.infer<typeof ProblemShape>;

export function page<Item extends z.ZodType>(item: Item) {
  return z.strictObject({
    items: z.array(item),
    nextCursor: z.string().nullable(),
    unreadable: z
      .array(z.strictObject({ id: z.string(), why: z.string() }))
      .optional()
      .describe('What belongs into this page and cannot be read by this version; absent when there is none.'),
  });
}
