/**
 * Reading and planning, what is small at once and what is large on a thread of its own: starting a thread takes longer than
 * any small definition, and no request within its limits may keep others waiting.
 */
import type { Worker } from 'node:worker_threads';
import { type DocumentName, type DocumentOf, type DocumentReader, readDocument } from '../api/documents.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Definition } from '../definition/definition.ts';
import { parseDefinition } from '../definition/parse.ts';
import { choicesFor } from '../plan/choices.ts';
import { planBuild } from '../plan/plan.ts';
import type { Planner } from '../plan/planner.ts';
import type { PlanInput } from '../plan/types.ts';
import { WorkerPool } from './pool.ts';
import { catalogsKept, type SentCatalog } from './tasks.ts';
import { isLighter } from './weight.ts';

/** What is worked through at once, in bytes: each takes some tens of milliseconds at the most. */
export const atOnce = {
  yamlBytes: 16 << 10,
  jsonBytes: 128 << 10,
  /** By `isLighter`: a value that is checked. */
  checkedBytes: 128 << 10,
  /** A definition with its lock, and its catalog less what is shipped. */
  plannedBytes: 512 << 10,
  /** Every component is tried in its place. */
  choicesBytes: 32 << 10,
} as const;

export class Workbench implements DocumentReader, Planner {
  readonly #pool: WorkerPool;
  readonly #catalogIds = new WeakMap<Catalog, number>();
  /** The catalogs that each thread remembers, oldest first. */
  readonly #known = new WeakMap<Worker, number[]>();
  #catalogs = 0;

  constructor(pool = new WorkerPool()) {
    this.#pool = pool;
  }

  async body<Name extends DocumentName>(
    name: Name,
    bytes: Uint8Array<ArrayBuffer>,
    yaml: boolean,
  ): Promise<DocumentOf<Name>> {
    if (bytes.length <= (yaml ? atOnce.yamlBytes : atOnce.jsonBytes)) return readDocument(name, bytes, yaml);
    return (await this.#pool.run(() => ({ name: 'body', document: name, bytes, yaml }))) as DocumentOf<Name>;
  }

  async definition(value: unknown): Promise<Definition> {
    if (isLighter(value, atOnce.checkedBytes)) return parseDefinition(value);
    return this.#pool.run(() => ({ name: 'definition', value }));
  }

  async plan({ catalog, ...input }: PlanInput) {
    if (isLighter([input.definition, input.lock, usersOf(catalog)], atOnce.plannedBytes))
      return planBuild({ catalog, ...input });
    return this.#pool.run((thread) => ({ name: 'plan', input, catalog: this.#send(catalog, thread) }));
  }

  async choices(definition: Definition, catalog: Catalog) {
    if (isLighter([definition, usersOf(catalog)], atOnce.choicesBytes)) return choicesFor(definition, catalog);
    return this.#pool.run((thread) => ({ name: 'choices', definition, catalog: this.#send(catalog, thread) }));
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  /** A catalog as a thread needs it: whole the first time. */
  #send(catalog: Catalog, thread: Worker): SentCatalog {
    const id = this.#catalogIds.get(catalog) ?? ++this.#catalogs;
    this.#catalogIds.set(catalog, id);
    const known = this.#known.get(thread) ?? [];
    if (known.includes(id)) return { id };
    this.#known.set(thread, [...known, id].slice(-catalogsKept));
    const entries = catalog.entries.map(({ component, origin }) => ({ component, origin }));
    return { id, content: { entries, unusable: catalog.unusable } };
  }
}

const users = new WeakMap<Catalog, unknown[]>();

/** The components that are not LDF's own. */
function usersOf(catalog: Catalog): unknown[] {
  const known = users.get(catalog);
  if (known) return known;
  const found = catalog.entries.filter(({ origin }) => origin === 'user');
  users.set(catalog, found);
  return found;
}
