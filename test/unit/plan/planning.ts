/** Plans of small definitions against the shipped components, with a lock that answers them. */
import { type Catalog, loadCatalog } from '../../../src/catalog/catalog.ts';
import { parseDefinition } from '../../../src/definition/parse.ts';
import { LdfError } from '../../../src/errors.ts';
import { planBuild } from '../../../src/plan/plan.ts';
import type { Plan } from '../../../src/plan/types.ts';
import { imageIdentities, lockFor } from '../../fixtures/lock.ts';

export const shipped = await loadCatalog('components');
export const minimal = { name: 'minimal', arch: 'x86_64' };

/** The plan of a definition, boot test and all, as it is once everything is locked. */
export function plan(value: object, catalog: Catalog = shipped): Plan {
  const definition = parseDefinition(value);
  const lock = { ...lockFor(planBuild({ definition, catalog, boot: true }).wishes), arch: definition.arch };
  return planBuild({ definition, catalog, boot: true, lock, images: imageIdentities });
}

/** What is said of a definition that cannot be planned: the details of its error. */
export function problems(value: object, catalog: Catalog = shipped) {
  try {
    planBuild({ definition: parseDefinition(value), catalog, boot: true });
  } catch (error) {
    if (error instanceof LdfError) return error.details;
    throw error;
  }
  throw new Error('the definition was accepted');
}

/** The content key of each stage, by its name. */
export function keys(planned: Plan): Record<string, string | null> {
  return Object.fromEntries(planned.stages.map((stage) => [stage.name, stage.key]));
}
