/** Whether a stage has to run. A preview and a build decide by the same words; they differ in where they look. */
import { buildOfVolume } from './attempt-names.ts';
import type { Engine } from './dependencies.ts';
import { reasonAlone, type Why } from './reasons.ts';

/** `cached`: its result is there. Why a stage runs is worked out when somebody asks for it: that may take a comparison. */
export type Decision<Found> = { cached: true; found: Found; reason: string } | { cached: false; why(): Promise<Why> };

/** What a preview says where a build will know more. */
export interface Undecided {
  cached: null;
  reason: string;
}

const runs = (reason: string): Decision<never> => ({ cached: false, why: async () => reasonAlone(reason) });

/**
 * @param lock the lock, unless `unanswered` names what it does not answer
 * @param unlike what is another than when it was made, see `madeOtherwise`; '' for nothing
 */
export function decideLock<Lock>(lock: Lock | undefined, unanswered: string, unlike: string): Decision<Lock> {
  const more = unlike === '' ? '' : `; ${unlike}`;
  if (lock === undefined || unanswered !== '') return runs(`not pinned yet: ${unanswered}${more}`);
  return { cached: true, found: lock, reason: `versions already pinned${more}` };
}

/**
 * @param missing how many of `total` sources are not in the store
 * @param forced every source is checked, wherever it is
 */
export function decideSources(missing: number, total: number, forced: boolean): Decision<null> {
  if (missing > 0)
    return runs(missing === total ? `${missing} files to download` : `${missing} of ${total} files to download`);
  if (forced) return runs('forced: every source is checked again');
  return { cached: true, found: null, reason: 'nothing to download' };
}

/** @param why for a layer that is not there, or is made all the same */
export function decideLayer<Layer extends { volume: string }>(
  { installation }: Pick<Engine, 'installation'>,
  layer: Layer | undefined,
  why: () => Promise<Why>,
): Decision<Layer> {
  if (!layer) return { cached: false, why };
  return { cached: true, found: layer, reason: `reused from build ${buildOfVolume(installation, layer.volume)}` };
}

/** What is said of a stage while the lock does not answer all that it depends on. */
export const unknownYet: Undecided = { cached: null, reason: 'depends on the versions found' };

export const withoutImages: Undecided = { cached: null, reason: 'the stage images are not there yet' };
