import { z } from 'zod';
import { LdfError } from '../errors.ts';
import { ComparisonShape, FailureShape, StageNameShape, StageState } from '../shapes/shapes.ts';
import { fromNullableJson, isDuplicate, newestFirst, toNullableJson } from './columns.ts';
import type { Prisma, PrismaClient, StageRun } from './generated/client.ts';
import { newId } from './ids.ts';
import type { StageRunChange, StageRunRecord, Store } from './store.ts';

type StageRunRows = Pick<
  Store,
  'addStageRun' | 'changeStageRun' | 'listStageRuns' | 'wholeStageRuns' | 'previousRun' | 'stageHistory'
>;

/** Builds that failed before they came to a stage say nothing of it; so many of them are passed over. */
const buildsLookedBack = 50;

const byStart = [
  { startedAt: { sort: 'asc', nulls: 'last' } },
  { id: 'asc' },
] satisfies Prisma.StageRunOrderByWithRelationInput[];

export function stageRunRows(db: PrismaClient): StageRunRows {
  return {
    async addStageRun({ request, compared, error, ...run }) {
      const json = {
        request: toNullableJson(request),
        compared: toNullableJson(compared),
        error: toNullableJson(error),
      };
      const data = { ...run, id: newId(), ...json };
      try {
        return toRecord(await db.stageRun.create({ data }));
      } catch (cause) {
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
        select: { startedAt: true, endedAt: true },
      });
      return rows.flatMap(({ startedAt, endedAt }) =>
        startedAt && endedAt ? [(endedAt.getTime() - startedAt.getTime()) / 1000] : [],
      );
    },
  };
}

function changed({ request, compared, error, ...rest }: StageRunChange) {
  return {
    ...rest,
    ...(request === undefined ? {} : { request: toNullableJson(request) }),
    ...(compared === undefined ? {} : { compared: toNullableJson(compared) }),
    ...(error === undefined ? {} : { error: toNullableJson(error) }),
  };
}

function toRecord(row: StageRun): StageRunRecord {
  return {
    ...row,
    stage: StageNameShape.parse(row.stage),
    state: StageState.parse(row.state),
    request: fromNullableJson(z.unknown(), row.request, 'StageRun.request'),
    compared: fromNullableJson(ComparisonShape, row.compared, 'StageRun.compared'),
    error: fromNullableJson(FailureShape, row.error, 'StageRun.error'),
  };
}
