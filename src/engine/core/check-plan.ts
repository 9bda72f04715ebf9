/** A plan, with what only this installation knows of it: the machine that it has, and the packages that a suite has. */
import type { Catalog } from '../../catalog/catalog.ts';
import { searchedUserland } from '../../definition/defaults.ts';
import type { Definition } from '../../definition/definition.ts';
import { type ErrorDetail, LdfError, printable } from '../../errors.ts';
import { answeringGroups } from '../../plan/lock.ts';
import { type AskedPackage, checkPackageNames } from '../../plan/package-names.ts';
import { Problems } from '../../plan/problems.ts';
import type { Plan, PlanInput } from '../../plan/types.ts';
import { uncheckedWords } from '../../plan/unchecked.ts';
import { fromDefinition, isDefinition } from '../../stages/origin.ts';
import type { Engine } from './dependencies.ts';
import { undefinedIfAway } from './failure.ts';
import { checkArtifactKeySet, planWithKeys } from './key-sets.ts';

export interface CheckedPlan {
  plan: Plan;
  /** What could not be judged now, and when it will be. */
  unchecked: ErrorDetail[];
}

export interface Checking {
  /** Whether a build comes of it: then nothing that was known before is relied on where it may have changed. */
  binding?: boolean;
  /** Nothing but its kernel is to be made, which takes no machine of its architecture. */
  kernelOnly?: boolean;
}

/**
 * @throws LdfError `definition.impossible` with every problem at once.
 */
export async function planChecked(
  engine: Engine,
  input: PlanInput,
  { binding = false, kernelOnly = false }: Checking = {},
): Promise<CheckedPlan> {
  const { definition, catalog, lock } = input;
  const problems = new Problems();
  const plan = await planUnlessImpossible(engine, input, problems);
  await checkArtifactKeySet(engine, definition, problems);
  const unchecked: ErrorDetail[] = [];
  if (!kernelOnly) await checkArchitecture(engine, definition, binding, problems, unchecked);
  // A lock has found its packages already, and they are had from then on.
  const locked = plan && answeringGroups(plan.wishes, definition.arch, lock).packages;
  if (!locked) await checkPackages(engine, definition, catalog, plan, problems, unchecked);
  problems.throwIfAny(definition.name);
  if (!plan) throw new LdfError('internal', 'A plan was refused without a reason.');
  return {
    plan,
    unchecked: [
      ...unchecked,
      ...uncheckedWords(definition, { userland: plan.composition.userland.use, init: plan.composition.init.use }),
    ],
  };
}

async function planUnlessImpossible(engine: Engine, input: PlanInput, problems: Problems): Promise<Plan | undefined> {
  try {
    return await planWithKeys(engine, input);
  } catch (error) {
    if (!(error instanceof LdfError) || error.code !== 'definition.impossible') throw error;
    problems.addAll(error.details);
    return undefined;
  }
}

/** Maintainer scripts are run on the machine. While Docker is away it is not known, and assemble refuses. */
async function checkArchitecture(
  engine: Engine,
  { arch }: Definition,
  binding: boolean,
  problems: Problems,
  unchecked: ErrorDetail[],
): Promise<void> {
  const machine = await engine.machineArchitecture(binding).catch(undefinedIfAway);
  if (machine === undefined)
    unchecked.push({
      pointer: '/arch',
      message: `whether ${arch} can be built here is seen once Docker answers`,
      value: printable(arch),
    });
  else if (machine !== arch)
    problems.add('/arch', `cannot be built on ${machine ?? 'another architecture'}, where Docker runs`, {
      value: arch,
      hint: `Build it with an LDF on a machine of architecture ${arch}.`,
    });
}

/** Of a userland that no index is kept for nothing is said. */
async function checkPackages(
  engine: Engine,
  definition: Definition,
  catalog: Catalog,
  plan: Plan | undefined,
  problems: Problems,
  unchecked: ErrorDetail[],
): Promise<void> {
  const { arch, userland } = definition;
  if (catalog.find('userland', userland.base)?.use !== searchedUserland) return;
  const packages = await engine.knownPackages(userland.suite, arch);
  if (packages) checkPackageNames(askedOf(definition, plan), userland.suite, packages, problems);
  else if (userland.packages.length > 0)
    unchecked.push({
      pointer: '/userland/packages',
      message: `packages are looked up once the package index of ${userland.suite} is here`,
      hint: 'A search for packages brings it, and so does a build.',
    });
}

/** What the definition lists, and where there is a plan also what its components ask for. */
function askedOf({ userland }: Definition, plan: Plan | undefined): AskedPackage[] {
  const own = userland.packages.map((text, index) => ({ text, from: fromDefinition(`/userland/packages/${index}`) }));
  const others = plan?.composition.packages ?? [];
  return [...own, ...others.flatMap(({ name, from }) => (isDefinition(from) ? [] : { text: name, from }))];
}
