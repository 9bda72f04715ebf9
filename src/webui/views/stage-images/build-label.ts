/** What the button says that building the stage images will do. Pure. */
import type { StageImageStatus } from '../../../model/stage-image.ts';

export function buildLabel(images: readonly Pick<StageImageStatus, 'state'>[]): string {
  const has = (wanted: StageImageStatus['state']) => images.some(({ state }) => state === wanted);
  if (images.length > 0 && images.every(({ state }) => state === 'ok' || state === 'unused')) return 'Up to date';
  // An image that is another than the lock names is neither missing nor stale, and is built anew like both.
  if (has('mismatch')) return 'Rebuild outdated';
  if (has('stale')) return has('missing') ? 'Build missing and outdated' : 'Rebuild outdated';
  return 'Build missing';
}
