/**
 * The plan: an exact, serialisable list of stages with their parameters and content keys. Pure: no clock, no network,
 * no database, no Docker. The same input always gives the same plan.
 */
import { fileOf, sourcesOf } from '../stages/locked.ts';
import type { StageName } from '../stages/names.ts';
import { recommendationNotes } from '../stages/recommendations.ts';
import { stagesOf } from '../stages/registry.ts';
import { leavesLayer } from '../stages/stage.ts';
import { checkWords } from './check-words.ts';
import { compose } from './compose.ts';
import { answeringGroups } from './lock.ts';
import { madeOtherwise, madeWith } from './made.ts';
import { Problems } from './problems.ts';
import { stageKey } from './request.ts';
import { moduleSigningOf, signingOf } from './signing.ts';
import { settled } from './target.ts';
import type { Plan, PlanInput, PlannedStage } from './types.ts';
import { checkKernel, formOf, readingPart, wishesOf } from './wishes.ts';

/** @throws LdfError `definition.impossible` with every problem at once. */
export function planBuild(input: PlanInput): Plan {
  const { catalog, lock, images, keySets = [], timeFactor = 1 } = input;
  const definition = settled(input.definition, catalog);
  const problems = new Problems();
  const composition = compose(definition, catalog, problems);
  const wishes = wishesOf(definition, composition, problems);
  checkKernel(wishes.kernel, definition, problems);
  checkWords(definition, problems);
  const signing = signingOf(definition, composition.bootsOn, keySets, problems);
  const moduleSigning = moduleSigningOf(definition, keySets, problems);
  problems.throwIfAny(definition.name);

  const { kernel, packages, boot, patches } = answeringGroups(wishes, definition.arch, lock);
  const source = readingPart(wishes.kernel.source);
  const facts = {
    definition,
    timeFactor,
    composition,
    signing,
    moduleSigning,
    source,
    form: formOf(source),
    kernel,
    packages,
    boot,
    patches,
  };
  const keys: Record<StageName, string> = {};
  const listed = stagesOf({ ...input, definition });
  const isListed = (name: StageName) => listed.some((stage) => stage.name === name);
  const stages = listed.map((stage): PlannedStage => {
    const { name } = stage;
    const after = stage.after.filter(isListed);
    const inputs = stage.inputs.filter(isListed);
    const { params = null, image = stage.image } = stage.plan(facts) ?? {};
    const identity = images?.[image];
    const known = params !== null && leavesLayer(stage) && inputs.every((input) => keys[input]);
    const request = { stage: name, arch: definition.arch, params, inputs };
    const key = known && identity !== undefined ? stageKey(request, identity, keys) : null;
    if (key) keys[name] = key;
    return { name, image, after, inputs, params, key, workload: stage.workload(facts) };
  });
  const unlike = images ? madeOtherwise(lock?.made, madeWith({ stages, composition }, images)) : '';
  return {
    definition,
    composition,
    wishes,
    stages,
    notes: [...recommendationNotes(packages), ...(unlike === '' ? [] : [madeNote(unlike)])],
    madeOtherwise: unlike,
    sources: kernel && packages && boot && patches ? sourcesOf({ kernel, packages, boot, patches }).map(fileOf) : [],
  };
}

function madeNote(unlike: string): string {
  return `The lock matches the definition, but ${unlike}. \`ldf lock --update\` takes today's packages and records today's stage images and components.`;
}
