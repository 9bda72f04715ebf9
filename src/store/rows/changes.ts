import * as z from 'zod';
import { type ChangeTable, changeTopics } from '../changes.ts';
import { type Database, inTransaction } from '../dialect.ts';

const Topic = z.enum(changeTopics);

/** Rows of the tables themselves are written by triggers. */
export function changeRows(database: Database): ChangeTable {
  const { db } = database;
  return {
    async lastChange() {
      return (await db.change.aggregate({ _max: { seq: true } }))._max.seq ?? 0;
    },
    async changesAfter(seq, limit) {
      const rows = await db.change.findMany({ where: { seq: { gt: seq } }, orderBy: { seq: 'asc' }, take: limit });
      return rows.map((row) => ({ ...row, topic: Topic.parse(row.topic) }));
    },
    async noteChange(topic, subject) {
      await inTransaction(database, async (transaction) => {
        await transaction.change.deleteMany({ where: { topic, subject } });
        await transaction.change.create({ data: { topic, subject } });
      });
    },
    async forgetChanges(upTo) {
      await db.change.deleteMany({ where: { seq: { lte: upTo } } });
    },
  };
}
