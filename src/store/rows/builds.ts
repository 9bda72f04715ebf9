import * as z from 'zod';
import { Architecture } from '../../definition/definition.ts';
import { LdfError } from '../../errors.ts';
import { Verdict } from '../../model/artifact.ts';
import { BuildState } from '../../model/build.ts';
import { Failure } from '../../model/problem.ts';
import { Reproducibility } from '../../model/reproducibility.ts';
import { Lock } from '../../stages/lock.ts';
import type { BuildChange, BuildRecord, BuildTable, NewBuild } from '../builds.ts';
import { type Connection, countedWrite, type Database } from '../dialect.ts';
import type { Build, Prisma, PrismaClient } from '../generated/client.ts';
import { newId } from '../ids.ts';
import type { Quotas } from '../quotas.ts';
import {
  afterCursor,
  fromJson,
  fromNullableJson,
  isDuplicate,
  isMissing,
  newestFirst,
  toNullableJson,
  toPage,
} from './columns.ts';

/** The fields of an OpenBuildRecord, in the order of the query. */
const OpenBuilds = z.array(
  z.tuple([
    z.string(),
    z.enum(['queued', 'running']),
    z.string().nullable(),
    z.number(),
    z.coerce.date(),
    z.coerce.date().nullable(),
  ]),
);

export function buildRows(database: Database, limits: Quotas): BuildTable {
  const { db, dialect } = database;
  return {
    async createBuild(input, { idempotencyKey, requestHash, maxQueued }) {
      const data = {
        ...columns(input),
        idempotencyKey: idempotencyKey ?? null,
        idempotencyHash: requestHash ?? null,
      };
      const before = await findRepeated(db, idempotencyKey, requestHash);
      if (before) return before;
      try {
        return await insertBounded(database, data, maxQueued, limits.queuedBytes);
      } catch (error) {
        if (isMissing(error))
          throw new LdfError('not-found', `There is no distribution ${input.distributionId}.`, { cause: error });
        // The same request came twice at once, and the other one was quicker.
        const repeated = isDuplicate(error) ? await findRepeated(db, idempotencyKey, requestHash) : undefined;
        if (repeated) return repeated;
        throw error;
      }
    },
    findRepeated: (idempotencyKey, requestHash) => findRepeated(db, idempotencyKey, requestHash),
    async getBuild(id) {
      const row = await db.build.findUnique({ where: { id } });
      return row ? toRecord(row) : undefined;
    },
    async listBuilds({ limit, cursor, ids, state, arch, distributionId }) {
      const rows = await db.build.findMany({
        where: {
          ...(ids === undefined ? {} : { id: { in: [...ids] } }),
          ...(state === undefined ? {} : { state }),
          ...(arch === undefined ? {} : { arch }),
          ...(distributionId === undefined ? {} : { distributionId }),
          ...afterCursor(cursor),
        },
        orderBy: newestFirst,
        take: limit + 1,
        // Large, and nobody reads them from a list.
        omit: { definition: true, components: true, lock: true },
      });
      return toPage(rows, { limit }, (row) => toRecord({ ...row, definition: 'null', components: '[]', lock: null }));
    },
    async changeBuild(id, from, change) {
      const { count } = await db.build.updateMany({ where: { id, state: { in: [...from] } }, data: changed(change) });
      return count > 0;
    },
    async deleteBuild(id) {
      await db.build.deleteMany({ where: { id } });
    },
    async openBuilds() {
      return fromJson(OpenBuilds, await dialect.openBuilds(db), 'Build').map(
        ([id, state, distributionId, priority, createdAt, servedAt]) => ({
          id,
          state,
          distributionId,
          priority,
          createdAt,
          servedAt,
        }),
      );
    },
    async countBuilds() {
      const counts = await db.build.groupBy({ by: ['state'], _count: true });
      const all = { queued: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0 };
      for (const { state, _count } of counts) all[BuildState.parse(state)] = _count;
      return all;
    },
    async knownBuilds(ids) {
      const rows = await db.build.findMany({ where: { id: { in: [...ids] } }, select: { id: true } });
      return new Set(rows.map(({ id }) => id));
    },
    async lastBuilds(distributionIds) {
      const newest = await Promise.all(
        distributionIds.map((distributionId) =>
          db.build.findFirst({
            where: { distributionId, verifies: null },
            orderBy: newestFirst,
            select: { id: true, number: true, state: true, createdAt: true, verdict: true, distributionId: true },
          }),
        ),
      );
      return new Map(
        newest.flatMap((row) => {
          if (!row?.distributionId) return [];
          const { id, number, createdAt } = row;
          const verdict = fromNullableJson(Verdict, row.verdict, 'Build.verdict');
          return [[row.distributionId, { id, number, createdAt, state: BuildState.parse(row.state), verdict }]];
        }),
      );
    },
  };
}

/** Writes first and counts after; no other build slips in between. */
async function insertBounded(
  database: Database,
  data: Prisma.BuildUncheckedCreateInput,
  maxQueued: number,
  maxQueuedBytes: number,
) {
  return countedWrite(database, async (transaction) => {
    // A distribution that is gone cannot be counted at, and fails the foreign key below.
    const number = data.distributionId
      ? ((await database.dialect.nextBuildNumber(transaction, data.distributionId)) ?? 1)
      : await numberByName(transaction, data.name);
    const row = await transaction.build.create({ data: { ...data, number } });
    const queued = await transaction.build.count({ where: { state: 'queued' satisfies BuildState } });
    if (queued > maxQueued)
      throw new LdfError('queue.full', `${maxQueued} builds are waiting already.`, {
        hint: 'Try again when some have been built, cancel some, or raise LDF_QUEUE_LENGTH.',
      });
    const waiting = await database.dialect.used(transaction, 'QueuedBuild');
    if (waiting.bytes > maxQueuedBytes)
      throw new LdfError(
        'queue.full',
        `The builds that wait hold ${maxQueuedBytes >> 20} MiB of definitions and locks.`,
        {
          hint: 'Try again when some have been built, or cancel some.',
        },
      );
    return toRecord(row);
  });
}

/** Of builds whose distribution is gone: nothing else counts them. */
async function numberByName(transaction: Connection, name: string): Promise<number> {
  const { _max } = await transaction.build.aggregate({
    where: { distributionId: null, name },
    _max: { number: true },
  });
  return (_max.number ?? 0) + 1;
}

/** The build that the same request made before. @throws LdfError `idempotency.mismatch` when the request was another. */
async function findRepeated(db: PrismaClient, key: string | undefined, requestHash: string | undefined) {
  if (key === undefined) return undefined;
  const row = await db.build.findUnique({ where: { idempotencyKey: key } });
  if (!row) return undefined;
  if (row.idempotencyHash !== (requestHash ?? null))
    throw new LdfError('idempotency.mismatch', `The idempotency key was used before, for another request.`, {
      hint: `Use a new key; build ${row.id} has this one.`,
    });
  return toRecord(row);
}

function columns({ formats, definition, components, lock, ...rest }: NewBuild) {
  return {
    ...rest,
    id: newId(),
    state: 'queued' satisfies BuildState,
    createdAt: new Date(),
    formats: JSON.stringify(formats),
    definition: JSON.stringify(definition),
    components: JSON.stringify(components),
    lock: toNullableJson(lock),
  };
}

function changed({ lock, error, verdict, reproducible, ...rest }: BuildChange) {
  return {
    ...rest,
    ...(lock === undefined ? {} : { lock: toNullableJson(lock) }),
    ...(error === undefined ? {} : { error: toNullableJson(error) }),
    ...(verdict === undefined ? {} : { verdict: toNullableJson(verdict) }),
    ...(reproducible === undefined ? {} : { reproducible: toNullableJson(reproducible) }),
  };
}

function toRecord({ idempotencyKey: _key, idempotencyHash: _hash, ...row }: Build): BuildRecord {
  return {
    ...row,
    state: BuildState.parse(row.state),
    arch: Architecture.parse(row.arch),
    formats: fromJson(z.array(z.string()), row.formats, 'Build.formats'),
    definition: fromJson(z.unknown(), row.definition, 'Build.definition'),
    components: fromJson(z.array(z.unknown()), row.components, 'Build.components'),
    lock: fromNullableJson(Lock, row.lock, 'Build.lock'),
    error: fromNullableJson(Failure, row.error, 'Build.error'),
    verdict: fromNullableJson(Verdict, row.verdict, 'Build.verdict'),
    reproducible: fromNullableJson(Reproducibility, row.reproducible, 'Build.reproducible'),
  };
}
