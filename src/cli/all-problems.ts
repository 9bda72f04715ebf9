/** Every problem of a definition at once: what its schema finds, and what planning finds in the rest. */
import type { Definition } from '../definition/definition.ts';
import { parseDefinition } from '../definition/parse.ts';
import { soundPartOf } from '../definition/sound-part.ts';
import { countedProblems, type ErrorDetail, LdfError } from '../errors.ts';
import { explainByLine, type WrittenDefinition, withinDefinition } from './files/definition-file.ts';

/**
 * @param plan plans a definition, and throws what stands in its way
 * @returns the definition, when its schema finds no problem: planning is then up to the caller
 * @throws LdfError `definition.invalid` with every problem and its line
 */
export async function checkWithPlan(
  written: WrittenDefinition,
  plan: (definition: Record<string, unknown>) => Promise<unknown>,
): Promise<Definition> {
  return explainByLine(written, async () => {
    try {
      return parseDefinition(written.value);
    } catch (error) {
      if (!(error instanceof LdfError)) throw error;
      throw await withPlanProblems(written.value, error, plan);
    }
  });
}

async function withPlanProblems(
  value: Record<string, unknown>,
  error: LdfError,
  plan: (definition: Record<string, unknown>) => Promise<unknown>,
): Promise<LdfError> {
  const sound = soundPartOf(value);
  if (!sound) return error;
  try {
    const found: ErrorDetail[][] = [];
    for (const part of sound.values) found.push(await problemsOf(() => plan(part)));
    const more = sound.restore(found);
    if (more.length === 0) return error;
    const details = [...error.details, ...more];
    return new LdfError(error.code, `The definition has ${countedProblems(details.length)}.`, {
      details,
      cause: error,
    });
  } catch (planning) {
    if (!(planning instanceof LdfError)) throw planning;
    return new LdfError(error.code, error.message, {
      details: error.details,
      hint: `There may be more: the rest could not be checked. ${planning.message}`,
      cause: planning,
    });
  }
}

async function problemsOf(plan: () => Promise<unknown>): Promise<ErrorDetail[]> {
  try {
    await plan();
    return [];
  } catch (error) {
    if (error instanceof LdfError && error.code.startsWith('definition.')) return error.details.map(withinDefinition);
    throw error;
  }
}
