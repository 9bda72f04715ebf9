import * as z from 'zod';
import { Architecture } from '../definition/definition.ts';
import { LdfError } from '../errors.ts';
import { Lock } from '../stages/lock.ts';
import { afterCursor, fromJson, isDuplicate, isMissing, newestFirst, toPage } from './columns.ts';
import type { Distribution, PrismaClient } from './generated/client.ts';
import { newId } from './ids.ts';
import type { DistributionRecord, NewDistribution, Store } from './store.ts';

type DistributionRows = Pick<
  Store,
  | 'createDistribution'
  | 'updateDistribution'
  | 'getDistribution'
  | 'findDistributionByName'
  | 'listDistributions'
  | 'deleteDistribution'
  | 'getLocks'
  | 'setLock'
>;

export function distributionRows(db: PrismaClient): DistributionRows {
  return {
    async createDistribution(input) {
      try {
        return toRecord(await db.distribution.create({ data: { id: newId(), ...columns(input) } }));
      } catch (error) {
        throw explain(error, input.name);
      }
    },
    async updateDistribution(id, input) {
      try {
        return toRecord(await db.distribution.update({ where: { id }, data: columns(input) }));
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
    async listDistributions({ name, ...page }) {
      const rows = await db.distribution.findMany({
        where: { ...(name === undefined ? {} : { name }), ...afterCursor(page.cursor) },
        orderBy: newestFirst,
        take: page.limit + 1,
      });
      return toPage(rows, page, toRecord);
    },
    async deleteDistribution(id) {
      await db.distribution.deleteMany({ where: { id } });
    },
    async getLocks(distributionId) {
      const rows = await db.distributionLock.findMany({ where: { distributionId } });
      return Object.fromEntries(rows.map((row) => [row.arch, fromJson(Lock, row.lock, 'DistributionLock.lock')]));
    },
    async setLock(distributionId, lock) {
      const id = { distributionId, arch: lock.arch };
      const data = { lock: JSON.stringify(lock) };
      try {
        await db.distributionLock.upsert({
          where: { distributionId_arch: id },
          create: { ...id, ...data },
          update: data,
        });
      } catch (error) {
        throw explain(error, distributionId);
      }
    },
  };
}

function columns({ definition, ...rest }: NewDistribution) {
  return { ...rest, definition: JSON.stringify(definition) };
}

function toRecord(row: Distribution): DistributionRecord {
  return {
    ...row,
    arch: Architecture.parse(row.arch),
    definition: fromJson(z.record(z.string(), z.unknown()), row.definition, 'Distribution.definition'),
  };
}

function explain(error: unknown, name: string): unknown {
  if (isDuplicate(error))
    return new LdfError('name.taken', `There is a distribution ${name} already.`, {
      hint: 'Give it another name, or change the one that is there.',
    });
  if (isMissing(error)) return new LdfError('not-found', `There is no distribution ${name}.`, { cause: error });
  return error;
}
