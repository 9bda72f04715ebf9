import { z } from 'zod';
import { LdfError } from '../errors.ts';
import { FailureShape, StageNameShape, StageState } from '../shapes/shapes.ts';
import { fromNullableJson, isDuplicate, newestFirst, toNullableJson } from './columns.ts';
import type { PrismaClient, StageRun } from './generated/client.ts';
import { newId } from './ids.ts';
import type { StageRunChange, StageRunRecord, Store } from './store.ts';

type StageRunRows = Pick<Store, 'addStageRun' | 'changeStageRun' | 'listStageRuns' | 'previousRun' | 'stageHistory'>;

/** Builds that failed before they came to a stage say nothing of it; so many of them are passed over. */
const buildsLookedBack = 50;

export function stageRunRows(db: PrismaClient): StageRunRows {
  return {
    async addStageRun({ request, error, ...run }) {
      const data = { ...run, id: newId(), request: toNullableJson(request), error: toNullableJson(error) };
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
        orderBy: [{ startedAt: { sort: 'asc', nulls: 'last' } }, { id: 'asc' }],
        // Requests are large, and nobody reads them from a list.
        omit: { request: true },
      });
      return rows.map((row) => toRecord({ ...row, request: null }));
    },
    async previousRun(distributionId, stage, beforeBuild) {
      // Ids sort by time.
      const builds = await db.build.findMany({
        where: { distributionId, id: { lt: beforeBuild } },
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
        where: { stage, state: 'succeeded' satisfies StageState },
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

function changed({ request, error, ...rest }: StageRunChange) {
  return {
    ...rest,
    ...(request === undefined ? {} : { request: toNullableJson(request) }),
    ...(error === undefined ? {} : { error: toNullableJson(error) }),
  };
}

function toRecord(row: StageRun): StageRunRecord {
  return {
    ...row,
    stage: StageNameShape.parse(row.stage),
    state: StageState.parse(row.state),
    request: fromNullableJson(z.unknown(), row.request, 'StageRun.request'),
    error: fromNullableJson(FailureShape, row.error, 'StageRun.error'),
  };
}
