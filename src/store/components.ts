import { setImmediate } from 'node:timers/promises';
import { inTransaction } from './durability.ts';
import type { PrismaClient } from './generated/client.ts';
import { type Quotas, requireWithin } from './quotas.ts';
import type { Store, StoredComponent } from './store.ts';

type ComponentRows = Pick<Store, 'componentsRevision' | 'listComponents' | 'putComponent' | 'deleteComponent'>;

/** The components that users added; the shipped ones are files. */
export function componentRows(db: PrismaClient, limits: Quotas): ComponentRows {
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
      await inTransaction(db, async (transaction) => {
        await transaction.component.upsert({
          where: { kind_name: { kind, name } },
          create: { kind, name, ...data },
          update: data,
        });
        const [used] = await transaction.$queryRaw<{ count: bigint; bytes: bigint | null }[]>`
          SELECT COUNT(*) AS "count", SUM(octet_length("spec")) AS "bytes" FROM "Component"`;
        requireWithin(
          'components',
          { count: Number(used?.count ?? 0), bytes: Number(used?.bytes ?? 0) },
          { count: limits.components, bytes: limits.componentBytes },
        );
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
