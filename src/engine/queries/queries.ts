/** Answers to what definitions are written with: which packages a suite has, and which options a kernel. */
import { join } from 'node:path';
import type * as z from 'zod';
import type { Architecture } from '../../definition/architecture.ts';
import { defaultParts } from '../../definition/defaults.ts';
import type { Definition } from '../../definition/definition.ts';
import { LdfError } from '../../errors.ts';
import type {
  KconfigAnswer,
  KconfigQuery,
  KernelConfigAnswer,
  PackageAnswer,
  PackageQuery,
} from '../../model/queries.ts';
import { type SuitePackages, suitePackages } from '../../plan/package-names.ts';
import type { Plan } from '../../plan/types.ts';
import { readingPart } from '../../plan/wishes.ts';
import { KernelGroup, type Lock } from '../../stages/lock.ts';
import { locked } from '../../stages/locked.ts';
import type { ImageName } from '../../stages/names.ts';
import { type QueryEntry, queryContracts } from '../../stages/queries.ts';
import { stageWithResult } from '../../stages/registry.ts';
import type { BuildRecord } from '../../store/builds.ts';
import { planChecked } from '../core/check-plan.ts';
import { type Engine, type StageImages, stageImage } from '../core/dependencies.ts';
import { planWithKeys } from '../core/key-sets.ts';
import { identities, imagesIfThere, planStoredBuild } from '../core/plan-build.ts';
import { Answers } from './answers.ts';
import { kernelConfiguration, type PlanWith } from './kernel-config.ts';
import { fetchKernel, wishOf } from './kernel-source.ts';
import { QueryRuns, queryImage } from './query-runs.ts';
import { searchEntries } from './search.ts';

export class Queries {
  readonly #engine: Engine;
  readonly #runs: QueryRuns;
  readonly #stop: AbortSignal;
  readonly #packages: Answers<QueryEntry['packages']>;
  readonly #kernels: Answers<z.infer<typeof KernelGroup>>;
  readonly #symbols: Answers<QueryEntry['kconfig']>;
  /** By the answer that each was made of. */
  readonly #suites = new WeakMap<readonly QueryEntry['packages'][], SuitePackages>();
  #seen: { images: StageImages; atMs: number } | undefined;

  /** @param stop ends what runs */
  constructor(engine: Engine, stop: AbortSignal) {
    const { config: bounds, clock, logger, dataDir } = engine;
    const defaults = { folder: join(dataDir, 'answers'), bounds, clock, logger };
    this.#engine = engine;
    this.#stop = stop;
    this.#runs = new QueryRuns(engine, stop);
    this.#packages = new Answers({
      ...defaults,
      kind: 'packages',
      entry: queryContracts.packages.entry,
      lasting: false,
    });
    this.#kernels = new Answers({ ...defaults, kind: 'kernel', entry: KernelGroup, lasting: false });
    this.#symbols = new Answers({ ...defaults, kind: 'kconfig', entry: queryContracts.kconfig.entry, lasting: true });
  }

  /** @throws LdfError `images.missing`, `images.mismatch`, `queue.full`, and what the query failed with. */
  async packages({ suite, arch, text, limit }: PackageQuery): Promise<PackageAnswer> {
    const name = queryImage('packages');
    const images = await this.#images([name]);
    const { identity } = stageImage(images, name);
    const all = await this.#packages.get({ suite, arch, identity }, () =>
      this.#runs.ask('packages', arch, { suite }, images),
    );
    const { items, total } = searchEntries(all, text, limit, {
      name: ({ name }) => name,
      about: ({ summary }) => summary,
    });
    return { items: items.map(({ name, version, summary }) => ({ name, version, summary })), total };
  }

  /** What a suite has, when a query has brought its index here already and it is not out of date; undefined otherwise. */
  async knownPackages(suite: string, arch: Architecture): Promise<SuitePackages | undefined> {
    const images = await imagesIfThere({ images: { resolve: (needed = []) => this.#images(needed) } });
    const image = images?.[queryImage('packages')];
    if (!image) return undefined;
    const { identity } = image;
    const entries = await this.#packages.kept({ suite, arch, identity });
    if (!entries) return undefined;
    const known = this.#suites.get(entries) ?? suitePackages(entries);
    this.#suites.set(entries, known);
    return known;
  }

  /** @throws as `packages` does; LdfError `definition.impossible` when there is no such kernel, or none to configure. */
  async kconfig({ arch, text, limit, ...asked }: KconfigQuery): Promise<KconfigAnswer> {
    const wish = wishOf(await this.#engine.catalog(), arch, asked);
    const name = queryImage('kconfig');
    const images = await this.#images([name, stageWithResult('sources').image]);
    const kernel = await this.#kernel(arch, wish);
    const { identity } = stageImage(images, name);
    const sources = kernel.sources.map(({ sha256 }) => sha256);
    const all = await this.#symbols.get({ arch, sources, identity }, async () => {
      await fetchKernel(this.#engine, this.#runs, arch, kernel.sources, images);
      const { toolchain } = defaultParts;
      const params = { source: readingPart(wish.source), toolchain, sources: kernel.sources.map(locked) };
      return this.#runs.ask('kconfig', arch, params, images);
    });
    return searchEntries(all, text.replaceAll(/\bCONFIG_/gi, ''), limit, {
      name: ({ symbol }) => symbol.slice('CONFIG_'.length),
      about: ({ prompt, help }) => `${prompt ?? ''}\n${help ?? ''}`,
      later: ({ prompt }) => prompt === null,
    });
  }

  /**
   * The configuration that a definition comes to. @throws LdfError as `kconfig` does, and with every problem of the definition.
   */
  async kernelConfig(definition: Definition, lock: Lock | undefined): Promise<KernelConfigAnswer> {
    const asked = { definition, catalog: await this.#engine.catalog(), boot: false };
    await planChecked(this.#engine, { ...asked, lock }, { binding: true, kernelOnly: true });
    const planWith: PlanWith = (lock, images) =>
      planWithKeys(this.#engine, { ...asked, lock, images: images && identities(images) });
    return this.#configuration(planWith, lock);
  }

  /** The configuration that a build has, or would have. */
  kernelConfigOf(build: BuildRecord): Promise<KernelConfigAnswer> {
    return this.#configuration(
      (lock, images) => planStoredBuild(this.#engine, build, lock, images),
      build.lock ?? undefined,
    );
  }

  #configuration(planWith: PlanWith, lock: Lock | undefined): Promise<KernelConfigAnswer> {
    const kernelOf = ({ definition, wishes }: Plan) => this.#kernel(definition.arch, wishes.kernel);
    return kernelConfiguration({ engine: this.#engine, runs: this.#runs, kernelOf, stop: this.#stop }, planWith, lock);
  }

  /** A lock that a client brought is not believed here: it answers for others too. */
  async #kernel(arch: Architecture, wish: Plan['wishes']['kernel']): Promise<z.infer<typeof KernelGroup>> {
    const kernel =
      // As resolve wrote it for a lock here: it needs no network.
      (await this.#engine.store.findResolvedKernel(arch, wish.wishesSha256)) ??
      (await this.#kernels.get({ arch, wish }, async () => [await this.#runs.resolveKernel(arch, wish)]))[0];
    if (!kernel) throw new LdfError('internal', 'The answer about a kernel names none.');
    return kernel;
  }

  /** @throws LdfError `images.missing`, `images.mismatch` unless all that are `needed` are right. */
  async #images(needed: readonly ImageName[]): Promise<StageImages> {
    const { clock, config, images } = this.#engine;
    const isFresh = this.#seen && clock.uptimeMs() - this.#seen.atMs < config.imagesSeenMs;
    if (this.#seen && isFresh && needed.every((name) => this.#seen?.images[name])) return this.#seen.images;
    const seen = { images: await images.resolve(needed), atMs: clock.uptimeMs() };
    this.#seen = seen;
    return seen.images;
  }
}
