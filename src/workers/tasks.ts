/** What a worker is asked to do, and does. Pure but for the catalogs that it remembers. */
import { type DocumentName, type DocumentOf, readDocument } from '../api/documents.ts';
import { Catalog, type CatalogEntry, type Unusable } from '../catalog/catalog.ts';
import type { Definition } from '../definition/definition.ts';
import { parseDefinition } from '../definition/parse.ts';
import type { Choice } from '../model/check.ts';
import { choicesFor } from '../plan/choices.ts';
import { planBuild } from '../plan/plan.ts';
import type { Plan, PlanInput } from '../plan/types.ts';

/** A catalog by its number, with its content for who has not seen it. */
export interface SentCatalog {
  id: number;
  content?: { entries: CatalogEntry[]; unusable: readonly Unusable[] };
}

export type Task =
  | { name: 'body'; document: DocumentName; bytes: Uint8Array<ArrayBuffer>; yaml: boolean }
  | { name: 'definition'; value: unknown }
  | { name: 'plan'; input: Omit<PlanInput, 'catalog'>; catalog: SentCatalog }
  | { name: 'choices'; definition: Definition; catalog: SentCatalog };

export interface Outcomes {
  body: DocumentOf<DocumentName>;
  definition: Definition;
  plan: Plan;
  choices: Choice[];
}

/** How many catalogs a worker remembers, the newest ones; whoever sends them counts along. */
export const catalogsKept = 4;

const catalogs = new Map<number, Catalog>();

export function perform(task: Task): Outcomes[Task['name']] {
  switch (task.name) {
    case 'body':
      return readDocument(task.document, task.bytes, task.yaml);
    case 'definition':
      return parseDefinition(task.value);
    case 'plan':
      return planBuild({ ...task.input, catalog: catalogOf(task.catalog) });
    case 'choices':
      return choicesFor(task.definition, catalogOf(task.catalog));
  }
}

function catalogOf({ id, content }: SentCatalog): Catalog {
  if (content) {
    catalogs.set(id, new Catalog(content.entries, content.unusable));
    for (const oldest of catalogs.keys()) if (catalogs.size > catalogsKept) catalogs.delete(oldest);
  }
  const catalog = catalogs.get(id);
  if (!catalog) throw new Error(`catalog ${id} was not sent`);
  return catalog;
}
