import * as z from 'zod';
import { Architecture } from '../../definition/definition.ts';
import { LdfError } from '../../errors.ts';
import { Lock } from '../../stages/lock.ts';
import { type Connection, countedWrite, type Database, type Dialect } from '../dialect.ts';
import {
  type DistributionRecord,
  type DistributionTable,
  type ListedDistribution,
  type NewDistribution,
  revisionOf,
} from '../distributions.ts';
import type { Distribution } from '../generated/client.ts';
import { newId } from '../ids.ts';
import { type Quotas, requireWithin } from '../quotas.ts';
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

export function distributionRows(database: Database, limits: Quotas): DistributionTable {
  const { db, dialect } = database;
  return {
    async createDistribution(input) {
      try {
        return await countedWrite(database, async (transaction) => {
          const row = await transaction.distribution.create({ data: { id: newId(), ...columns(input) } });
          await requireRoom(transaction, dialect, limits);
          return toRecord(row);
        });
      } catch (error) {
        throw explain(error, input.name);
      }
    },
    async updateDistribution(id, input, expected) {
      try {
        return await countedWrite(database, async (transaction) => {
          if (expected) await requireRevision(transaction, id, expected);
          const row = await transaction.distribution.update({ where: { id }, data: columns(input) });
          await requireRoom(transaction, dialect, limits);
          return toRecord(row);
        });
      } catch (error) {
        throw explain(error, input.name);
      }
    },
    async getDistribution(id) {
      const row = await db.distribution.findUnique({ where: { id } });
      return row ? toRecord(row) : undefined;
    },
    async findDistributionByName(name) {
      const row = await db.distribution.findUnique({ where: { name } });
      return row ? toRecord(row) : undefined;
    },
    async listDistributions({ ids, name, ...page }) {
      const rows = await db.distribution.findMany({
        where: {
          ...(ids === undefined ? {} : { id: { in: [...ids] } }),
          ...(name === undefined ? {} : { name }),
          ...afterCursor(page.cursor),
        },
        orderBy: newestFirst,
        take: page.limit + 1,
        omit: { definition: true },
      });
      return toPage(rows, page, toListed);
    },
    async noteComponents(id, components) {
      await dialect.noteComponents(db, id, JSON.stringify(components));
    },
    async deleteDistribution(id) {
      await db.distribution.deleteMany({ where: { id } });
    },
    async getLocks(distributionId) {
      const rows = await db.distributionLock.findMany({ where: { distributionId } });
      return Object.fromEntries(rows.map((row) => [row.arch, fromJson(Lock, row.lock, 'DistributionLock.lock')]));
    },
    async lockDates(distributionId) {
      const rows = await db.distributionLock.findMany({
        where: { distributionId },
        select: { arch: true, updatedAt: true },
      });
      return Object.fromEntries(rows.map(({ arch, updatedAt }) => [arch, updatedAt]));
    },
    async setLock(distributionId, lock) {
      const id = { distributionId, arch: lock.arch };
      const data = { lock: JSON.stringify(lock) };
      try {
        await countedWrite(database, async (transaction) => {
          await transaction.distributionLock.upsert({
            where: { distributionId_arch: id },
            create: { ...id, ...data },
            update: data,
          });
          const { bytes } = await dialect.used(transaction, 'DistributionLock');
          requireWithin('locks', { bytes }, { bytes: limits.lockBytes });
        });
      } catch (error) {
        throw explain(error, distributionId);
      }
    },
  };
}

/** @throws LdfError `revision.stale` when somebody else has saved since. */
async function requireRevision(transaction: Connection, id: string, expected: readonly string[]): Promise<void> {
  const row = await transaction.distribution.findUnique({ where: { id } });
  if (!row) throw new LdfError('not-found', `There is no distribution ${id}.`);
  const revision = revisionOf(toRecord(row));
  if (expected.includes(revision)) return;
  throw new LdfError('revision.stale', `The distribution ${row.name} was changed after it was read.`, {
    hint: `Read it again and bring both changes together; then send the result with If-Match: "${revision}". Without If-Match it replaces what is there.`,
  });
}

/** Written first and added up after. */
async function requireRoom(transaction: Connection, dialect: Dialect, limits: Quotas): Promise<void> {
  requireWithin('distributions', await dialect.used(transaction, 'Distribution'), {
    count: limits.distributions,
    bytes: limits.definitionBytes,
  });
}

function columns({ definition, components, ...rest }: NewDistribution) {
  return { ...rest, definition: JSON.stringify(definition), components: toNullableJson(components) };
}

function toRecord({ components: _components, lastBuildNumber: _number, ...row }: Distribution): DistributionRecord {
  return {
    ...row,
    arch: Architecture.parse(row.arch),
    definition: fromJson(z.record(z.string(), z.unknown()), row.definition, 'Distribution.definition'),
  };
}

const Chosen = z.array(z.strictObject({ kind: z.string(), name: z.string() }));

function toListed({ lastBuildNumber: _number, ...row }: Omit<Distribution, 'definition'>): ListedDistribution {
  return {
    ...row,
    arch: Architecture.parse(row.arch),
    components: fromNullableJson(Chosen, row.components, 'Distribution.components'),
  };
}

function explain(error: unknown, name: string): unknown {
  if (isDuplicate(error))
    return new LdfError('name.taken', `There is a distribution ${name} already.`, {
      hint: 'Give it another name, or change the existing one.',
    });
  if (isMissing(error)) return new LdfError('not-found', `There is no distribution ${name}.`, { cause: error });
  return error;
}
