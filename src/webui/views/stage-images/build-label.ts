/** What the button says that building the stage images will do. Pure. */
import type { StageImageStatus } from '../../../model/stage-image.ts';

export function buildLabel(images: readonly Pick<StageImageStatus, 'state'>[]): string {
  const has = (wanted: StageImageStatus['state']) => images.some(({ state }) => state === wanted);
  if (images.length > 0 && images.every(({ state }) => state === 'ok')) return 'All are ready';
  // An image that is another than the lock names is neither missing nor stale, and is built anew like both.
  if (has('mismatch')) return 'Build what is not right';
  if (has('stale')) return has('missing') ? 'Build what is missing or stale' : 'Build what is stale';
  return 'Build what is missing';
}
