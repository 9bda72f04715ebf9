/** Distributions: definitions under a name, and their locks. */
import { createHash } from 'node:crypto';
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

/** Names what a definition says: another one has another revision. Of the definition as it is stored, and of nothing else. */
export function revisionOf({ definition }: Pick<DistributionRecord, 'definition'>): string {
  return createHash('sha256').update(JSON.stringify(definition)).digest('hex').slice(0, 32);
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
  /**
   * @param expected revisions (`revisionOf`) of which the stored one has to be; any without. What is compared and what is
   * replaced is the same. @throws LdfError as above; `not-found`, `revision.stale`.
   */
  updateDistribution(id: string, input: NewDistribution, expected?: readonly string[]): Promise<DistributionRecord>;
  getDistribution(id: string): Promise<DistributionRecord | undefined>;
  findDistributionByName(name: string): Promise<DistributionRecord | undefined>;
  /** @param page `ids`: only these, as far as there are any of them */
  listDistributions(
    page: PageRequest & { ids?: readonly string[] | undefined; name?: string | undefined },
  ): Promise<Page<ListedDistribution>>;
  /** Notes what the definition of a distribution chooses, unless that has been stored since. */
  noteComponents(distributionId: string, components: ChosenComponents): Promise<void>;
  /** Builds stay, without their distribution. */
  deleteDistribution(id: string): Promise<void>;
  getLocks(distributionId: string): Promise<Partial<Record<Architecture, Lock>>>;
  /** When each lock was stored. */
  lockDates(distributionId: string): Promise<Partial<Record<Architecture, Date>>>;
  /** @throws LdfError `quota.reached`. */
  setLock(distributionId: string, lock: Lock): Promise<void>;
}
