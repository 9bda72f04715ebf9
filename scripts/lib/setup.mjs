/** All that LDF needs of a machine. */
import { checkNode, ensureDependencies } from './dependencies.mjs';
import { ensureEngine } from './engine.mjs';

/** Installs and starts what is missing, then builds; quickly does nothing when all is there. */
export async function setup() {
  checkNode();
  await ensureEngine();
  await ensureDependencies();
  // Only now are the tools there that building takes.
  const { ensureBuilt } = await import('./build.mjs');
  await ensureBuilt();
}
