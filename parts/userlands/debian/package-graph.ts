/** Which of a set of packages needs which other, out of their control paragraphs (Debian Policy 7). */
import type { Stanza } from '../../deb822.ts';
import { neededNames, relations } from './base-set.ts';

export class PackageGraph {
  readonly #stanzas: ReadonlyMap<string, Stanza>;
  readonly #providers = new Map<string, string[]>();

  constructor(stanzas: readonly Stanza[]) {
    this.#stanzas = new Map(stanzas.map((control) => [control.get('package') ?? '', control]));
    for (const [name, control] of this.#stanzas)
      for (const provided of [name, ...relations({ control }, 'provides')])
        this.#providers.set(provided, [...(this.#providers.get(provided) ?? []), name]);
  }

  get names(): string[] {
    return [...this.#stanzas.keys()];
  }

  has(name: string): boolean {
    return this.#stanzas.has(name);
  }

  /** Whether a package of the set has the name or provides it. */
  offers(name: string): boolean {
    return this.#providers.has(name);
  }

  provides(name: string): string[] {
    const control = this.#stanzas.get(name);
    return control ? relations({ control }, 'provides') : [];
  }

  /** Names in its dependencies, alternatives too. */
  needs(name: string): string[] {
    const control = this.#stanzas.get(name);
    return control ? neededNames({ control }) : [];
  }

  /** The shortest way by dependencies from one of `starts` to `target`, both with it; empty when there is none. */
  way(starts: readonly string[], target: string): string[] {
    const before = new Map<string, string | undefined>(
      starts.filter((name) => this.has(name)).map((name) => [name, undefined]),
    );
    for (const name of before.keys()) {
      if (name === target) break;
      for (const next of this.needs(name).flatMap((wanted) => this.#providers.get(wanted) ?? []))
        if (!before.has(next)) before.set(next, name);
    }
    if (!before.has(target)) return [];
    const way: string[] = [];
    for (let at: string | undefined = target; at !== undefined; at = before.get(at)) way.unshift(at);
    return way;
  }
}
