/** Distributions: definitions under a name, and their locks. */
import type { Architecture } from '../definition/definition.ts';
import type { Lock } from '../stages/lock.ts';
import type { Page, PageRequest } from './pages.ts';

export interface DistributionRecord {
  id: string;
  name: string;
  version: string;
  arch: Architecture;
  /** As written. */
  definition: Record<string, unknown>;
  createdAt: Date;
  updatedAt: Date;
}

/** What a definition chooses. */
export type ChosenComponents = { kind: string; name: string }[];

export interface NewDistribution extends Pick<DistributionRecord, 'name' | 'version' | 'arch' | 'definition'> {
  components?: ChosenComponents;
}

/** A distribution in a list: without its definition, which may be large. */
export interface ListedDistribution extends Omit<DistributionRecord, 'definition'> {
  /** null of one that was stored by an older LDF. */
  components: ChosenComponents | null;
}

export interface DistributionTable {
  /** @throws LdfError `name.taken`, `quota.reached`. */
  createDistribution(input: NewDistribution): Promise<DistributionRecord>;
  updateDistribution(id: string, input: NewDistribution): Promise<DistributionRecord>;
  /** The same, as long as `before` is what is stored: undefined when it was changed or removed since. @throws as updating does */
  replaceDefinition(
    id: string,
    before: Record<string, unknown>,
    input: NewDistribution,
  ): Promise<DistributionRecord | undefined>;
  getDistribution(id: string): Promise<DistributionRecord | undefined>;
  findDistributionByName(name: string): Promise<DistributionRecord | undefined>;
  listDistributions(page: PageRequest & { name?: string | undefined }): Promise<Page<ListedDistribution>>;
  /** Notes what the definition of a distribution chooses, unless that has been stored since. */
  noteComponents(distributionId: string, components: ChosenComponents): Promise<void>;
  /** Builds stay, without their distribution. */
  deleteDistribution(id: string): Promise<void>;
  getLocks(distributionId: string): Promise<Partial<Record<Architecture, Lock>>>;
  /** @throws LdfError `quota.reached`. */
  setLock(distributionId: string, lock: Lock): Promise<void>;
}
