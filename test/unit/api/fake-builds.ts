/** The engine as the API sees it, scriptable. */

import { type Duplex, PassThrough } from 'node:stream';
import { LdfError } from '../../../src/errors.ts';
import { JournalLine, type PlacedEntry } from '../../../src/events/journal-part.ts';
import type { Build, BuildInputs } from '../../../src/model/build.ts';
import type { Choice } from '../../../src/model/check.ts';
import type { DiskReport, GcReport } from '../../../src/model/disk.ts';
import type { JournalEntry } from '../../../src/model/journal.ts';
import type { PlanSummary } from '../../../src/model/plan.ts';
import type { Attempt } from '../../../src/model/stage-run.ts';
import type { Lock } from '../../../src/stages/lock.ts';
import type { BuildRecord } from '../../../src/store/builds.ts';
import { at } from './fake-store.ts';

export const definition = { name: 'gw', version: '1.0', arch: 'x86_64', userland: { packages: ['curl'] } };

export const lock: Lock = { version: 1, arch: 'x86_64' };

export const plan: PlanSummary = {
  name: 'gw',
  version: '1.0',
  arch: 'x86_64',
  formats: ['raw'],
  components: [],
  packages: [],
  notes: [],
  kernelOptions: [],
  stages: [],
};

export const diskShape: DiskReport = {
  layerBytes: 1,
  sourceBytes: 2,
  cacheBytes: 3,
  artifactBytes: 1234,
  usedBytes: 1240,
  budgetBytes: null,
  reserveBytes: 2 ** 31,
  freeBytes: 5678,
  dockerFreeBytes: null,
};

export function buildShape(change: Partial<Build> = {}): Build {
  return {
    id: 'b1',
    distributionId: 'd1',
    name: 'gw',
    version: '1.0',
    state: 'running',
    arch: 'x86_64',
    formats: ['raw'],
    createdAt: at,
    startedAt: at,
    endedAt: null,
    queuePosition: null,
    error: null,
    verdict: null,
    verifies: null,
    reproducible: null,
    stages: [],
    artifacts: [],
    ...change,
  };
}

export function attempt(name: Attempt['name'], change: Partial<Attempt> = {}): Attempt {
  return {
    ...{ name, after: [], state: 'succeeded', attempt: 1, progress: 1, note: '', key: null, reason: 'first build' },
    ...{ startedAt: at, endedAt: at, estimateSeconds: null, usage: null, error: null },
    ...{ forced: false, exitCode: 0, compared: null },
    ...change,
  };
}

export function logEntry(text: string, stage: 'compile' | 'assemble' = 'compile', attempt = 1): JournalEntry {
  return { type: 'log', at: '2026-01-02T03:04:05.000000001Z', stage, attempt, stream: 'stdout', text };
}

/** Builds with journals that tests write; positions grow by 10 an entry. */
export class FakeBuilds {
  readonly builds = new Map<string, Build>();
  readonly journals = new Map<string, JournalLine[]>();
  readonly tried: Attempt[] = [];
  readonly calls: unknown[][] = [];
  /** Thrown by the next call of a method. */
  readonly failures = new Map<string, unknown>();
  #wake = new Set<() => void>();

  add(build: Build, ...entries: JournalEntry[]): void {
    this.builds.set(build.id, build);
    this.journals.set(build.id, []);
    this.append(build.id, ...entries);
  }

  append(id: string, ...entries: JournalEntry[]): void {
    const journal = this.journals.get(id) ?? [];
    for (const entry of entries) journal.push(new JournalLine((journal.length + 1) * 10, JSON.stringify(entry)));
    for (const wake of this.#wake) wake();
  }

  async plan(...call: unknown[]): Promise<PlanSummary> {
    this.#enter('plan', call);
    return plan;
  }

  async console(...call: unknown[]): Promise<Duplex> {
    this.#enter('console', call);
    return new PassThrough();
  }

  async choices(...call: unknown[]): Promise<Choice[]> {
    this.#enter('choices', call);
    return [{ kind: 'init', name: 'systemd', chosen: true, faults: [] }];
  }

  async lock(...call: unknown[]) {
    this.#enter('lock', call);
    return { lock, changes: [{ group: 'packages' as const, name: 'curl', from: null, to: '8.0' }], notes: [] };
  }

  async queryPackages(...call: unknown[]) {
    this.#enter('queryPackages', call);
    return { items: [{ name: 'curl', version: '8.14.1-2', summary: 'command line tool' }], total: 3 };
  }

  async queryKconfig(...call: unknown[]) {
    this.#enter('queryKconfig', call);
    const entry = { symbol: 'CONFIG_E1000', type: 'tristate' as const, prompt: 'Intel PRO/1000', help: null };
    return { items: [entry], total: 1 };
  }

  async create(...call: unknown[]): Promise<BuildRecord> {
    this.#enter('create', call);
    this.add(buildShape({ state: 'queued', queuePosition: 1 }));
    return buildRecord('b1');
  }

  distributionRemoved(...call: unknown[]): void {
    this.#enter('distributionRemoved', call);
  }

  async cancel(...call: unknown[]): Promise<void> {
    this.#enter('cancel', call);
  }

  async retry(...call: unknown[]): Promise<void> {
    this.#enter('retry', call);
  }

  async verify(...call: unknown[]): Promise<BuildRecord> {
    this.#enter('verify', call);
    this.add(buildShape({ id: 'b2', state: 'queued', verifies: 'b1' }));
    return buildRecord('b2');
  }

  async remove(id: string): Promise<void> {
    this.#enter('remove', [id]);
    this.builds.delete(id);
  }

  async disk() {
    return diskShape;
  }

  async collect(...call: unknown[]): Promise<GcReport> {
    this.#enter('collect', call);
    return { dryRun: true, wantedBytes: 5, freedBytes: 7, removed: [], kept: [] };
  }

  async get(id: string): Promise<Build | undefined> {
    this.#enter('get', [id]);
    return this.builds.get(id);
  }

  async attempts(id: string): Promise<Attempt[]> {
    this.#enter('attempts', [id]);
    return this.tried;
  }

  async inputs(id: string): Promise<BuildInputs | undefined> {
    this.#enter('inputs', [id]);
    const options = { boot: true, noCache: false, priority: 0 };
    return this.builds.has(id) ? { definition, components: [], lock, options, kernelOptions: null } : undefined;
  }

  async list(...call: unknown[]) {
    this.#enter('list', call);
    return { items: [...this.builds.values()], nextCursor: null };
  }

  async end(id: string) {
    this.#enter('end', [id]);
    return this.journals.get(id)?.at(-1)?.id ?? 0;
  }

  async read(
    id: string,
    query: { after: number; limit: number; stage?: string | undefined; attempt?: number | undefined },
  ) {
    this.#enter('read', [id, query]);
    const journal = this.journals.get(id) ?? [];
    if (query.after !== 0 && !journal.some((placed) => placed.id === query.after))
      throw new LdfError('request.invalid', 'The position is not one of this journal.');
    const entries: PlacedEntry[] = [];
    let next = query.after;
    for (const placed of journal.filter((one) => one.id > query.after)) {
      next = placed.id;
      const { entry } = placed;
      const fits =
        (query.stage === undefined || ('stage' in entry && entry.stage === query.stage)) &&
        (query.attempt === undefined || ('attempt' in entry && entry.attempt === query.attempt));
      if (fits) entries.push(placed);
      if (entries.length >= query.limit) break;
    }
    return { entries, next };
  }

  async *follow(id: string, after: number, signal: AbortSignal): AsyncGenerator<JournalLine[]> {
    let position = after;
    while (!signal.aborted) {
      this.#enter('follow', [id, position]);
      const journal = this.journals.get(id) ?? [];
      const batch = journal.filter((placed) => placed.id > position);
      if (batch.length > 0) {
        position = batch.at(-1)?.id ?? position;
        yield batch;
      } else if (['queued', 'running'].includes(this.builds.get(id)?.state ?? '')) {
        await new Promise<void>((resolve) => {
          this.#wake.add(resolve);
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
      } else return;
    }
  }

  #enter(method: string, call: unknown[]): void {
    this.calls.push([method, ...call]);
    const failure = this.failures.get(method);
    this.failures.delete(method);
    if (failure !== undefined) throw failure;
  }
}

function buildRecord(id: string): BuildRecord {
  return {
    id,
    distributionId: 'd1',
    name: 'gw',
    version: '1.0',
    state: 'queued',
    arch: 'x86_64',
    formats: ['raw'],
    definition,
    components: [],
    lock: null,
    boot: true,
    noCache: false,
    verifies: null,
    priority: 0,
    error: null,
    verdict: null,
    reproducible: null,
    createdAt: new Date(at),
    startedAt: null,
    endedAt: null,
    cancelRequestedAt: null,
  };
}
