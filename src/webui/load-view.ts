/** Views are loaded when they are first opened, or before that, when the browser has nothing else to do. */
import { client, queryClient, unreachable } from './api.ts';

const retryMs = 1_000;
/** So long after the first view stands, the others are loaded. */
const preloadAfterMs = 3_000;

const loaders: (() => Promise<unknown>)[] = [];

/**
 * The same import, which does not fail while the server is away: it waits, and tries again.
 * @param load imports a view
 */
export function persistently<Module>(load: () => Promise<Module>): () => Promise<Module> {
  const loader = async () => {
    try {
      return await load();
    } catch {
      await untilServerAnswers();
      return load();
    }
  };
  loaders.push(loader);
  return loader;
}

/** Resolves when the server answers, whatever it says. */
export async function untilServerAnswers(): Promise<void> {
  for (;;)
    try {
      return await client.health();
    } catch (error) {
      if (!unreachable(error)) return;
      await sleep(retryMs);
    }
}

/** Loads every view, one after the other, so that they open at once, and also while the server is away. */
export async function preloadViews(): Promise<void> {
  if (document.readyState !== 'complete')
    await new Promise((resolve) => addEventListener('load', resolve, { once: true }));
  do await sleep(preloadAfterMs);
  while (queryClient.isFetching() > 0);
  for (const load of loaders) {
    await idle();
    // Whoever opens the view is told why it cannot be loaded.
    await load().catch(() => undefined);
  }
}

function idle(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof requestIdleCallback === 'function') requestIdleCallback(() => resolve());
    // Safari.
    else setTimeout(resolve, 200);
  });
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
