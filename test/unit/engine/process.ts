/** A process that can be killed at any call it makes to the world: nothing that it does or waits for continues after that. */
import type { EngineDependencies } from '../../../src/engine/core/dependencies.ts';
import type { JournalWriter } from '../../../src/events/journal-writer.ts';
import type { Journals } from '../../../src/events/journals.ts';
import type { Store } from '../../../src/store/store.ts';

const never = new Promise<never>(() => undefined);

/** What others can see of a process: killed before each of these in turn, it has been killed between all of them. */
const changes = new Set([
  ...[
    'changeBuild',
    'changeStageRun',
    'addStageRun',
    'addLayer',
    'addSources',
    'addArtifacts',
    'setVerdict',
    'setLock',
  ],
  ...['start', 'stop', 'remove', 'adopt'],
]);

export class MortalProcess {
  dead = false;
  /** Calls so far that change something. */
  changes = 0;
  #killAt = Number.POSITIVE_INFINITY;
  readonly #store: Store;
  readonly #leases = new Map<string, string>();
  readonly #journals = new Set<JournalWriter>();
  readonly #died: Promise<void>;
  #die: () => void = () => undefined;
  readonly dependencies: EngineDependencies;

  constructor(real: EngineDependencies) {
    this.#store = real.store;
    this.#died = new Promise((resolve) => {
      this.#die = resolve;
    });
    this.dependencies = {
      ...real,
      store: this.#mortal(real.store),
      runtime: this.#mortal(real.runtime),
      artifacts: this.#mortal(real.artifacts),
      journals: this.#mortalJournals(real.journals),
    };
  }

  /** Dies before its `n`th change from now on, counted from 1. */
  killAtChange(n: number): void {
    this.#killAt = this.changes + n;
  }

  kill(): void {
    this.dead = true;
    this.#die();
  }

  /** Waits for its death and clears away what would keep its successor waiting: its leases run out. */
  async buried(): Promise<void> {
    await this.#died;
    // What it had handed to the system is written.
    for (const journal of this.#journals) await journal.close();
    for (const [name, owner] of this.#leases) await this.#store.releaseLease(name, owner);
  }

  #call(name: string, args: unknown[], make: () => unknown): unknown {
    if (this.dead) return never;
    const [first, second, third] = args;
    const isProgress = name === 'changeStageRun' && !(third instanceof Object && 'state' in third);
    if (changes.has(name) && !isProgress && ++this.changes === this.#killAt) {
      this.kill();
      return never;
    }
    if (name === 'acquireLease') this.#leases.set(String(first), String(second));
    const result = make();
    if (result instanceof Promise)
      return result.then(
        (value: unknown) => (this.dead ? never : value),
        (error: unknown) => (this.dead ? never : Promise.reject(error)),
      );
    return isIterable(result) ? this.#iterate(result) : result;
  }

  async *#iterate(items: AsyncIterable<unknown>): AsyncGenerator<unknown> {
    for await (const item of items) yield this.dead ? await never : item;
    if (this.dead) await never;
  }

  #mortal<Target extends object>(target: Target): Target {
    return new Proxy(target, {
      get: (object, name) => {
        const value: unknown = Reflect.get(object, name);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => this.#call(String(name), args, () => Reflect.apply(value, object, args));
      },
    });
  }

  #mortalJournals(real: Journals): Journals {
    const open = this.#journals;
    const mortal = <Target extends object>(target: Target) => this.#mortal(target);
    return new Proxy(real, {
      get: (object, name) => {
        const value: unknown = Reflect.get(object, name);
        if (name === 'with')
          return (id: string, write: (journal: JournalWriter) => Promise<unknown>) =>
            object.with(id, async (journal) => {
              open.add(journal);
              const result = await write(mortal(journal));
              open.delete(journal);
              return result;
            });
        return typeof value === 'function' ? value.bind(object) : value;
      },
    });
  }
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return value !== null && typeof value === 'object' && Symbol.asyncIterator in value;
}
