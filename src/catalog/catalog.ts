/** The catalog: every component this installation knows, the shipped ones and the user's own. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { parseWith, readYaml } from '../definition/parse.ts';
import { LdfError } from '../errors.ts';
import { Component, ComponentKind, type ComponentOf, ComponentOfNoKind, componentKinds } from './component.ts';
import { upgraded } from './earlier-component.ts';

export interface CatalogEntry {
  component: Component;
  origin: 'shipped' | 'user';
  /** What a user stored, with no default filled in. */
  written?: unknown;
}

/** A component that a user stored and that cannot be used: nothing else suffers from it. */
export interface Unusable {
  kind: string;
  name: string;
  /** A sentence. */
  why: string;
  hint: string;
}

/** Components by kind and name; a user's component may not take a shipped one's name. */
export class Catalog {
  readonly #entries: ReadonlyMap<string, CatalogEntry>;
  readonly #byProvision = new Map<string, Component[]>();
  readonly unusable: readonly Unusable[];

  constructor(entries: readonly CatalogEntry[], unusable: readonly Unusable[] = []) {
    const byName = new Map<string, CatalogEntry>();
    for (const entry of entries) {
      const id = componentId(entry.component);
      if (byName.has(id))
        throw new LdfError('name.taken', `There is a component ${id} already.`, { hint: 'Give it another name.' });
      byName.set(id, entry);
      for (const provision of new Set(provisionsOf(entry.component))) {
        const providers = this.#byProvision.get(provision);
        if (providers) providers.push(entry.component);
        else this.#byProvision.set(provision, [entry.component]);
      }
    }
    this.#entries = byName;
    this.unusable = unusable;
  }

  get entries(): CatalogEntry[] {
    return [...this.#entries.values()];
  }

  find<Kind extends ComponentKind>(kind: Kind, name: string): ComponentOf<Kind> | undefined {
    const component = this.#entries.get(`${kind}/${name}`)?.component;
    return component && isOfKind(component, kind) ? component : undefined;
  }

  ofKind(kind: ComponentKind): Component[] {
    return this.entries.filter((entry) => entry.component.kind === kind).map((entry) => entry.component);
  }

  /** Everything that provides a provision, in the order of the catalog. */
  providersOf(provision: string): readonly Component[] {
    return this.#byProvision.get(provision) ?? [];
  }

  with(added: readonly Component[]): Catalog {
    return this.withStored(added.map((component) => ({ component, origin: 'user' })));
  }

  /**
   * With a user's components. Where one has the name of one that is shipped, as a later release may, the shipped one counts
   * and the other is told as unusable.
   */
  withStored(added: readonly CatalogEntry[], unusable: readonly Unusable[] = []): Catalog {
    const isTaken = ({ component }: CatalogEntry) => this.#entries.has(componentId(component));
    return new Catalog(
      [...this.entries, ...added.filter((entry) => !isTaken(entry))],
      [...this.unusable, ...unusable, ...added.filter(isTaken).map(({ component }) => shadowed(component))],
    );
  }
}

function shadowed({ kind, name }: Component): Unusable {
  const id = componentId({ kind, name });
  return {
    kind,
    name,
    why: `Your component ${id} is not used: LDF ships one with that name.`,
    hint: `Store yours under another name, and remove this one: DELETE /v1/components/${id}.`,
  };
}

export function isOfKind<Kind extends ComponentKind>(component: Component, kind: Kind): component is ComponentOf<Kind> {
  return component.kind === kind;
}

export function componentId(component: { kind: string; name: string }): string {
  return `${component.kind}/${component.name}`;
}

/** What a component provides: what it says, its kind, and itself (`init`, `init:systemd`). */
export function provisionsOf(component: Component): string[] {
  return [component.kind, `${component.kind}:${component.name}`, ...component.provides];
}

function hasKind(value: unknown): boolean {
  return z.looseObject({ kind: ComponentKind }).safeParse(value).success;
}

/** Checks a component from outside. @throws LdfError `component.invalid` with every problem. */
export function parseComponent(value: unknown, what = 'The component'): Component {
  const written = upgraded(value);
  if (!hasKind(written)) parseWith(ComponentOfNoKind, written, 'component.invalid', what);
  return parseWith(Component, written, 'component.invalid', what);
}

/** Reads the shipped components: `<folder>/<kind>/<name>.yaml`, the path saying what the file must say. */
export async function loadCatalog(folder: string): Promise<Catalog> {
  const entries: CatalogEntry[] = [];
  for (const kind of componentKinds) {
    for (const file of (await readdir(join(folder, kind))).sort()) {
      if (!file.endsWith('.yaml')) continue;
      const path = join(folder, kind, file);
      const component = parseComponent(readYaml(await readFile(path, 'utf8'), 'component.invalid'), path);
      if (component.kind !== kind || component.name !== basename(file, '.yaml'))
        throw new LdfError('component.invalid', `${path} describes ${componentId(component)}.`, {
          hint: 'The folder must be the kind, the file name the name.',
        });
      entries.push({ component, origin: 'shipped' });
    }
  }
  return new Catalog(entries);
}
