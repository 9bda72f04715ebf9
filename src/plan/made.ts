/**
 * What a lock was made with beside what it names: the same lock gives the same bytes where stage images and components are the
 * same, too. Pure.
 */
import { componentId } from '../catalog/catalog.ts';
import type { LockMade } from '../stages/lock.ts';
import type { ImageName } from '../stages/names.ts';
import { stageNamed } from '../stages/registry.ts';
import { leavesLayer } from '../stages/stage.ts';
import { contentHash } from './canonical.ts';
import type { Plan } from './types.ts';

/**
 * @param images the identity of each stage image that is there; those count whose stages shape what is built
 * @returns undefined while one of these is missing
 */
export function madeWith(
  { stages, composition }: Pick<Plan, 'stages' | 'composition'>,
  images: Readonly<Partial<Record<ImageName, string>>>,
): LockMade | undefined {
  const shaping = stages.filter(({ name }) => {
    const stage = stageNamed(name);
    return leavesLayer(stage) && stage.result !== 'verdicts';
  });
  const stageImages: LockMade['stageImages'] = {};
  for (const { image } of shaping) {
    const identity = images[image];
    if (identity === undefined) return undefined;
    stageImages[image] = identity;
  }
  return { stageImages, components: componentHashes(composition) };
}

/** The hash of each component of a composition, by its id. */
export function componentHashes({ components }: Pick<Plan['composition'], 'components'>): LockMade['components'] {
  return Object.fromEntries(components.map(({ component }) => [componentId(component), contentHash(component)]));
}

/**
 * Which stage images and components are others than those a lock was made with, in words; '' when none is, or the lock is of a
 * time when that was not noted. A component that only one of the two has follows from the definition and is not told.
 */
export function madeOtherwise(made: LockMade | undefined, now: LockMade | undefined): string {
  if (!made || !now) return '';
  const others = (before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>, what: string) =>
    Object.keys(after)
      .filter((name) => before[name] !== undefined && before[name] !== after[name])
      .map((name) => `${what} ${name}`);
  const words = [
    ...others(made.stageImages, now.stageImages, 'stage image'),
    ...others(made.components, now.components, 'component'),
  ];
  if (words.length === 0) return '';
  const named = new Intl.ListFormat('en', { style: 'long', type: 'conjunction' }).format(words);
  return `it was made with another ${named}, so the images may not be the same to the byte`;
}
