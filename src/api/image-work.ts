/** Long work on stage images as a stream of events: what it says on its way, and how it ends. */

import type { ImageProgressLine } from '../model/stage-image.ts';
import type { OnImageProgress } from '../runtime/images.ts';
import type { ImageWorks } from './image-works.ts';
import { presentable, problemOf } from './problem.ts';
import type { ApiServices } from './services.ts';
import { encodeEvents, type SentEvent } from './sse.ts';

export type ImageWork = (onProgress: OnImageProgress, signal: AbortSignal) => Promise<unknown>;

/** With more unsent, the oldest log lines are dropped: Docker cannot be held back, and steps and the end matter more. */
const maxWaiting = 10_000;

/** Runs `work`, which `works` tells others of, and gives `progress` events, then `done` with the images as they are then, or `error` with a problem. */
export async function* imageWorkEvents(
  { images, store, log }: Pick<ApiServices, 'images' | 'store' | 'log'>,
  works: ImageWorks,
  work: ImageWork,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let waiting: ImageProgressLine[] = [];
  let wake: () => void = () => undefined;
  const open = works.begin();
  const onProgress: OnImageProgress = (progress) => {
    open.progress(progress);
    waiting.push(progress);
    if (waiting.length > maxWaiting) waiting = waiting.filter(({ kind }) => kind !== 'log');
    wake();
  };
  let last: SentEvent | undefined;
  const finish = (event: string, data: unknown) => {
    last = { event, data: JSON.stringify(data) };
    wake();
  };
  const running = work(onProgress, signal)
    // Also of work that failed: some images may be other ones.
    .finally(() => {
      open.end();
      return store.noteChange('stage-images', '');
    })
    .then(async () => finish('done', { items: await images.verify() }))
    .catch((error: unknown) => finish('error', problemOf(presentable(error, log))));
  while (last === undefined || waiting.length > 0) {
    const batch = waiting;
    waiting = [];
    if (batch.length > 0) yield encodeEvents(batch.map((data) => ({ event: 'progress', data: JSON.stringify(data) })));
    else
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (last !== undefined || waiting.length > 0) resolve();
      });
  }
  await running;
  yield encodeEvents([last]);
}
