/** Keeps a build up to date from its journal: (build, entry) → build. Pure. */
import type { Build } from '../model/build.ts';
import type { JournalEntry } from '../model/journal.ts';
import type { StageRun } from '../model/stage-run.ts';

type StageEntry = Extract<JournalEntry, { type: 'stage' }>;
type ProgressEntry = Extract<JournalEntry, { type: 'progress' }>;

export function applyEntry(build: Build, entry: JournalEntry): Build {
  switch (entry.type) {
    case 'build': {
      const startedAt = entry.state === 'running' ? (build.startedAt ?? entry.at) : build.startedAt;
      const queuePosition = entry.state === 'queued' ? build.queuePosition : null;
      return { ...build, state: entry.state, startedAt, queuePosition, error: entry.error };
    }
    case 'stage':
      return withStage(build, entry.stage, (stage) => applyStage(stage, entry));
    case 'progress':
      return withStage(build, entry.stage, (stage) => applyProgress(stage, entry));
    case 'end':
      return { ...build, state: entry.state, queuePosition: null, endedAt: entry.at };
    case 'log':
    case 'phase':
      return build;
  }
}

export function hasEnded(state: Build['state']): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled';
}

function applyStage(stage: StageRun, entry: StageEntry): StageRun {
  const changed = { ...stage, attempt: entry.attempt, state: entry.state, reason: entry.reason, error: entry.error };
  switch (entry.state) {
    case 'pending':
      return { ...changed, progress: 0, note: '', startedAt: null, endedAt: null };
    case 'running':
      return { ...changed, progress: 0, note: '', startedAt: entry.at, endedAt: null };
    case 'succeeded':
      return { ...changed, progress: 1, note: '', endedAt: entry.at };
    default:
      return { ...changed, note: '', endedAt: entry.at };
  }
}

function applyProgress(stage: StageRun, entry: ProgressEntry): StageRun {
  return entry.attempt === stage.attempt ? { ...stage, progress: entry.progress, note: entry.note } : stage;
}

/** A stage that the build did not list yet comes last: stages are told of in their order. */
function withStage(build: Build, name: StageRun['name'], change: (stage: StageRun) => StageRun): Build {
  const isListed = build.stages.some((stage) => stage.name === name);
  const stages = isListed ? build.stages : [...build.stages, unknownStage(name)];
  return { ...build, stages: stages.map((stage) => (stage.name === name ? change(stage) : stage)) };
}

function unknownStage(name: StageRun['name']): StageRun {
  return {
    name,
    after: [],
    state: 'pending',
    attempt: 1,
    progress: 0,
    note: '',
    key: null,
    reason: null,
    startedAt: null,
    endedAt: null,
    estimateSeconds: null,
    usage: null,
    error: null,
  };
}
