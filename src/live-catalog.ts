/**
 * The catalog as it is now: the shipped components and the users' own. It is put together when it is first asked for and
 * kept until a component changes, be it by this process or by another one on the same database.
 */
import { setImmediate } from 'node:timers/promises';
import { type Catalog, type CatalogEntry, componentId, parseComponent, type Unusable } from './catalog/catalog.ts';
import { LdfError } from './errors.ts';
import type { StoredComponent } from './store/components.ts';
import type { Store } from './store/store.ts';

/** Where it is told what cannot be used. */
export interface CatalogLog {
  warn(about: object, message: string): void;
}

interface Known {
  revision: number;
  catalog: Promise<Catalog>;
}

export class LiveCatalog {
  readonly #shipped: Catalog;
  readonly #store: Pick<Store, 'componentsRevision' | 'listComponents'>;
  readonly #logger: CatalogLog;
  #known: Known | undefined;
  /** How often components were read and checked. */
  readings = 0;

  constructor(shipped: Catalog, store: Pick<Store, 'componentsRevision' | 'listComponents'>, logger: CatalogLog) {
    this.#shipped = shipped;
    this.#store = store;
    this.#logger = logger;
  }

  /** One small query while nothing has changed. */
  async read(): Promise<Catalog> {
    const revision = await this.#store.componentsRevision();
    if (this.#known?.revision === revision) return this.#known.catalog;
    // Read after the revision: a change in between makes the next one read again.
    const known: Known = { revision, catalog: this.#compose() };
    this.#known = known;
    try {
      return await known.catalog;
    } catch (error) {
      if (this.#known === known) this.#known = undefined;
      throw error;
    }
  }

  async #compose(): Promise<Catalog> {
    this.readings += 1;
    const entries: CatalogEntry[] = [];
    const unusable: Unusable[] = [];
    for (const stored of await this.#store.listComponents()) {
      const read = readStored(stored);
      if ('component' in read) entries.push(read);
      else unusable.push(read);
      // There may be some megabytes of them, and others are waiting.
      await setImmediate();
    }
    const catalog = this.#shipped.withStored(entries, unusable);
    for (const { kind, name, why } of catalog.unusable)
      this.#logger.warn({ component: componentId({ kind, name }) }, why);
    return catalog;
  }
}

/** One that this version does not take is told, and no reason to go without the others. */
function readStored({ kind, name, spec }: StoredComponent): CatalogEntry | Unusable {
  const id = componentId({ kind, name });
  try {
    const component = parseComponent(spec, `The stored component ${id}`);
    if (componentId(component) === id) return { component, origin: 'user', written: spec };
  } catch (error) {
    if (!(error instanceof LdfError)) throw error;
    const [first] = error.details;
    const why = first ? `${first.pointer || 'it'} ${first.message}` : error.message;
    return unusable(kind, name, `This version of LDF cannot use the custom component ${id}: ${why}.`);
  }
  return unusable(kind, name, `The stored component ${id} has another kind or name.`);
}

function unusable(kind: string, name: string, why: string): Unusable {
  return { kind, name, why, hint: `Replace it or remove it: PUT or DELETE /v1/components/${kind}/${name}.` };
}
