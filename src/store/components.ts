import * as z from 'zod';
import { fromJson } from './columns.ts';
import type { PrismaClient } from './generated/client.ts';
import type { Store } from './store.ts';

type ComponentRows = Pick<Store, 'listComponents' | 'putComponent' | 'deleteComponent'>;

/** The components that users added; the shipped ones are files. */
export function componentRows(db: PrismaClient): ComponentRows {
  return {
    async listComponents() {
      const rows = await db.component.findMany({ orderBy: [{ kind: 'asc' }, { name: 'asc' }] });
      return rows.map(({ kind, name, spec }) => ({
        kind,
        name,
        spec: fromJson(z.record(z.string(), z.unknown()), spec, 'Component.spec'),
      }));
    },
    async putComponent({ kind, name, spec }) {
      const data = { spec: JSON.stringify(spec) };
      await db.component.upsert({
        where: { kind_name: { kind, name } },
        create: { kind, name, ...data },
        update: data,
      });
    },
    async deleteComponent(kind, name) {
      const { count } = await db.component.deleteMany({ where: { kind, name } });
      return count > 0;
    },
  };
}
