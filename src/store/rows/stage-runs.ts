import * as z from 'zod';
import { Architecture } from '../../definition/definition.ts';
import { LdfError } from '../../errors.ts';
import { Failure } from '../../model/problem.ts';
import { AnyStageName } from '../../model/stage-name.ts';
import { Comparison, StageState } from '../../model/stage-run.ts';
import { type Usage, unknownUsage } from '../../stages/contract.ts';
import { Workload } from '../../stages/workload.ts';
import type { Database } from '../dialect.ts';
import type { Prisma, StageRun } from '../generated/client.ts';
import { newId } from '../ids.ts';
import type { StageRunChange, StageRunRecord, StageRunTable } from '../stage-runs.ts';
import { fromNullableJson, isDuplicate, isMissing, newestFirst, toNullableJson } from './columns.ts';

const FailureTotals = z.array(z.object({ stage: AnyStageName, code: z.string(), runs: z.coerce.number() }));

/** Builds that failed before they came to a stage say nothing of it; so many of them are passed over. */
const buildsLookedBack = 50;

const byStart = [
  { startedAt: { sort: 'asc', nulls: 'last' } },
  { id: 'asc' },
] satisfies Prisma.StageRunOrderByWithRelationInput[];

export function stageRunRows({ db, dialect }: Database): StageRunTable {
  return {
    async addStageRun({ request, workload, compared, error, usage, ...run }) {
      const json = {
        request: toNullableJson(request),
        workload: toNullableJson(workload),
        compared: toNullableJson(compared),
        error: toNullableJson(error),
      };
      const data = { ...run, ...usageColumns(usage), id: newId(), ...json };
      try {
        return toRecord(await db.stageRun.create({ data }));
      } catch (cause) {
        if (isMissing(cause)) throw new LdfError('not-found', `There is no build ${run.buildId}.`, { cause });
        if (!isDuplicate(cause)) throw cause;
        throw new LdfError('state.conflict', `Stage ${run.stage} has an attempt ${run.attempt} already.`, { cause });
      }
    },
    async changeStageRun(id, from, change) {
      const { count } = await db.stageRun.updateMany({
        where: { id, state: { in: [...from] } },
        data: changed(change),
      });
      return count > 0;
    },
    async listStageRuns(buildIds) {
      const rows = await db.stageRun.findMany({
        where: { buildId: { in: [...buildIds] } },
        orderBy: byStart,
        // They may be large, and nobody reads them from a list.
        omit: { request: true, compared: true },
      });
      return rows.map((row) => toRecord({ ...row, request: null, compared: null }));
    },
    async wholeStageRuns(buildId) {
      return (await db.stageRun.findMany({ where: { buildId }, orderBy: byStart })).map(toRecord);
    },
    async previousRun(distributionId, stage, beforeBuild) {
      // Ids sort by time. A verification changes nothing: it is never what a build is compared with.
      const builds = await db.build.findMany({
        where: { distributionId, id: { lt: beforeBuild }, verifies: null },
        orderBy: newestFirst,
        take: buildsLookedBack,
        select: { id: true },
      });
      const row = await db.stageRun.findFirst({
        where: {
          buildId: { in: builds.map(({ id }) => id) },
          stage,
          state: { in: ['succeeded', 'cached'] satisfies StageState[] },
        },
        orderBy: { endedAt: 'desc' },
      });
      return row ? toRecord(row) : undefined;
    },
    async stageHistory(stage, limit) {
      const rows = await db.stageRun.findMany({
        // A verification runs on fewer CPUs, with empty caches.
        where: { stage, state: 'succeeded' satisfies StageState, build: { verifies: null } },
        orderBy: { endedAt: 'desc' },
        take: limit,
        select: { durationMs: true, workload: true, build: { select: { name: true, arch: true } } },
      });
      return rows.flatMap(({ durationMs, workload, build: { name, arch } }) => {
        if (durationMs === null) return [];
        const seconds = durationMs / 1000;
        return [{ seconds, name, arch: Architecture.parse(arch), workload: toWorkload(workload) }];
      });
    },
    async stageTotals() {
      const totals = await db.stageRun.groupBy({ by: ['state', 'stage'], _count: true, _sum: { durationMs: true } });
      return totals.map(({ stage, state, _count: runs, _sum: { durationMs } }) => ({
        stage: AnyStageName.parse(stage),
        state: StageState.parse(state),
        runs,
        seconds: (durationMs ?? 0) / 1000,
      }));
    },
    async failureTotals() {
      return FailureTotals.parse(await dialect.failureTotals(db));
    },
  };
}

function changed({ request, workload, compared, error, usage, ...rest }: StageRunChange) {
  return {
    ...rest,
    ...(usage === undefined ? {} : usageColumns(usage)),
    ...(request === undefined ? {} : { request: toNullableJson(request) }),
    ...(workload === undefined ? {} : { workload: toNullableJson(workload) }),
    ...(compared === undefined ? {} : { compared: toNullableJson(compared) }),
    ...(error === undefined ? {} : { error: toNullableJson(error) }),
  };
}

function usageColumns(usage: Usage | null) {
  const { cpuSeconds, peakMemoryBytes, writtenBytes } = usage ?? unknownUsage;
  return {
    cpuSeconds,
    peakMemoryBytes: peakMemoryBytes === null ? null : BigInt(peakMemoryBytes),
    writtenBytes: writtenBytes === null ? null : BigInt(writtenBytes),
  };
}

function toRecord({ cpuSeconds, peakMemoryBytes, writtenBytes, ...row }: StageRun): StageRunRecord {
  const known = [cpuSeconds, peakMemoryBytes, writtenBytes].some((figure) => figure !== null);
  const bytes = (figure: bigint | null) => (figure === null ? null : Number(figure));
  return {
    ...row,
    usage: known ? { cpuSeconds, peakMemoryBytes: bytes(peakMemoryBytes), writtenBytes: bytes(writtenBytes) } : null,
    stage: AnyStageName.parse(row.stage),
    state: StageState.parse(row.state),
    request: fromNullableJson(z.unknown(), row.request, 'StageRun.request'),
    workload: toWorkload(row.workload),
    compared: fromNullableJson(Comparison, row.compared, 'StageRun.compared'),
    error: fromNullableJson(Failure, row.error, 'StageRun.error'),
  };
}

function toWorkload(column: string | null): Workload | null {
  return fromNullableJson(Workload, column, 'StageRun.workload');
}
