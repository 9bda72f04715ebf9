/** Planning as the engine asks for it: who does it, and on which thread, is not the engine's affair. */
import type { Catalog } from '../catalog/catalog.ts';
import type { Definition } from '../definition/definition.ts';
import { parseDefinition } from '../definition/parse.ts';
import type { Choice } from '../model/check.ts';
import { choicesFor } from './choices.ts';
import { planBuild } from './plan.ts';
import type { Plan, PlanInput } from './types.ts';

export interface Planner {
  /** Checks a definition. @throws LdfError `definition.invalid`. */
  definition(value: unknown): Promise<Definition>;
  /** @throws LdfError `definition.impossible` with every problem. */
  plan(input: PlanInput): Promise<Plan>;
  /** What could be chosen, and what stands in the way of the rest. */
  choices(definition: Definition, catalog: Catalog): Promise<Choice[]>;
}

/** Plans at once, on the thread of whoever asks. */
export const planAtOnce: Planner = {
  definition: async (value) => parseDefinition(value),
  plan: async (input) => planBuild(input),
  choices: async (definition, catalog) => choicesFor(definition, catalog),
};
