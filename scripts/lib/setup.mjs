/** All that LDF needs of a machine. */
import { buildSteps } from './build.mjs';
import { checkNode, dependencySteps } from './dependencies.mjs';
import { engineSteps } from './engine.mjs';
import { runSteps } from './step.mjs';

/**
 * Installs and starts what is missing, and builds; quickly does nothing when all is there. The machine's packages and those
 * of npm come side by side: each waits for the network for most of the time.
 * @param {readonly { title: string, expectedSeconds?: number }[]} [later]  What the caller does next, to be shown.
 */
export async function setup(later) {
  checkNode();
  await runSteps([await engineSteps(), [...dependencySteps(), ...buildSteps()]], later);
}
