/** The database and the artifact store as the API sees them, in memory. */
import { Readable } from 'node:stream';
import { LdfError } from '../../../src/errors.ts';
import type { Lock } from '../../../src/stages/lock.ts';
import type { ArtifactRecord } from '../../../src/store/artifacts.ts';
import type { ComponentRecord } from '../../../src/store/components.ts';
import type { DistributionRecord, NewDistribution } from '../../../src/store/distributions.ts';

export const at = '2026-01-02T03:04:05.000Z';

export class FakeStore {
  readonly distributions = new Map<string, DistributionRecord>();
  readonly locks = new Map<string, Lock>();
  readonly components: ComponentRecord[] = [];
  readonly artifacts = new Map<string, ArtifactRecord>();
  broken = false;
  #revision = 0;

  async createDistribution(input: NewDistribution) {
    return this.#put(`d${this.distributions.size + 1}`, input);
  }

  async updateDistribution(id: string, input: NewDistribution) {
    return this.#put(id, input);
  }

  async getDistribution(id: string) {
    return this.distributions.get(id);
  }

  async listDistributions({ limit, name }: { limit: number; name?: string | undefined }) {
    const items = [...this.distributions.values()]
      .filter((one) => name === undefined || one.name === name)
      .map(({ definition: _definition, ...one }) => ({ ...one, components: null }));
    return { items: items.slice(0, limit), nextCursor: items.length > limit ? 'more' : null };
  }

  async ping() {
    if (this.broken) throw new Error('disk I/O error');
  }

  async noteComponents() {
    // What a list says is worked out anew each time.
  }

  async deleteDistribution(id: string) {
    this.distributions.delete(id);
  }

  async getLocks(id: string) {
    const found = this.locks.get(id);
    return found ? { [found.arch]: found } : {};
  }

  async setLock(id: string, value: Lock) {
    this.locks.set(id, value);
  }

  async lastBuilds(ids: readonly string[]) {
    return new Map(
      ids.map((id) => [id, { id: 'b1', state: 'running' as const, createdAt: new Date(at), verdict: null }]),
    );
  }

  async componentsRevision() {
    return this.#revision;
  }

  async listComponents() {
    return this.components;
  }

  async putComponent(component: ComponentRecord) {
    await this.deleteComponent(component.kind, component.name);
    this.components.push(component);
    this.#revision += 1;
  }

  async deleteComponent(kind: string, name: string) {
    const index = this.components.findIndex((one) => one.kind === kind && one.name === name);
    if (index >= 0) this.components.splice(index, 1);
    this.#revision += 1;
    return index >= 0;
  }

  async countBuilds() {
    return { queued: 1, running: 1, succeeded: 4, failed: 1, cancelled: 0 };
  }

  async stageTotals() {
    return [
      { stage: 'compile' as const, state: 'succeeded' as const, runs: 3, seconds: 100.5 },
      { stage: 'compile' as const, state: 'cached' as const, runs: 7, seconds: 0 },
      { stage: 'boot' as const, state: 'failed' as const, runs: 1, seconds: 60 },
    ];
  }

  async failureTotals() {
    return [{ stage: 'boot' as const, code: 'stage.timeout', runs: 1 }];
  }

  async listArtifacts(buildIds: readonly string[]) {
    return [...this.artifacts.values()].filter(({ buildId }) => buildIds.includes(buildId));
  }

  async getArtifact(id: string) {
    return this.artifacts.get(id);
  }

  #put(id: string, input: NewDistribution): DistributionRecord {
    const taken = [...this.distributions.values()].some((one) => one.name === input.name && one.id !== id);
    if (taken) throw new LdfError('name.taken', `There is a distribution ${input.name} already.`);
    const record = { id, ...input, createdAt: new Date(at), updatedAt: new Date(at) };
    this.distributions.set(id, record);
    return record;
  }
}

export class FakeArtifacts {
  readonly contents = new Map<string, Buffer>();
  readonly opened: Readable[] = [];

  async read(sha256: string, range?: { start: number; end: number }) {
    const content = this.contents.get(sha256);
    if (!content) throw new LdfError('not-found', `The content ${sha256} is not in the artifact store.`);
    const part = range ? content.subarray(range.start, range.end + 1) : content;
    const stream = Readable.from(part.length > 0 ? [part] : [], { objectMode: false });
    this.opened.push(stream);
    return stream;
  }
}
