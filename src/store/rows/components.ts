import { setImmediate } from 'node:timers/promises';
import type { ComponentTable, StoredComponent } from '../components.ts';
import { countedWrite, type Database } from '../dialect.ts';
import { type Quotas, requireWithin } from '../quotas.ts';

/** The components that users added; the shipped ones are files. */
export function componentRows(database: Database, limits: Quotas): ComponentTable {
  const { db } = database;
  return {
    async componentsRevision() {
      return (await db.componentRevision.findFirstOrThrow()).revision;
    },
    async listComponents() {
      const rows = await db.component.findMany({ orderBy: [{ kind: 'asc' }, { name: 'asc' }] });
      const components: StoredComponent[] = [];
      for (const { kind, name, spec } of rows) {
        components.push({ kind, name, spec: parsed(spec) });
        await setImmediate();
      }
      return components;
    },
    async putComponent({ kind, name, spec }) {
      const data = { spec: JSON.stringify(spec) };
      await countedWrite(database, async (transaction) => {
        await transaction.component.upsert({
          where: { kind_name: { kind, name } },
          create: { kind, name, ...data },
          update: data,
        });
        requireWithin('components', await database.dialect.used(transaction, 'Component'), {
          count: limits.components,
          bytes: limits.componentBytes,
        });
      });
    },
    async deleteComponent(kind, name) {
      const { count } = await db.component.deleteMany({ where: { kind, name } });
      return count > 0;
    },
  };
}

/** null for what is no JSON: whoever checks it says so. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
