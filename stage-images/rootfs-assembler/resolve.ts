/**
 * resolve: from what a definition wants to exactly which files. Asks the archives once for each suite and answers the
 * groups of the lock that were asked for; what is wrong with any of them comes out in one report.
 */

import { readStageNetwork, trustedCertificates } from '../../parts/network.ts';
import { makePart } from '../../parts/part.ts';
import { filenameOf } from '../../parts/sources/published-file.ts';
import { sourceResolvers } from '../../parts/sources/resolvers.ts';
import type { SourceContext } from '../../parts/sources/source.ts';
import { userlands } from '../../parts/userlands/index.ts';
import { mostPatchBytes } from '../../src/definition/kernel-patch.ts';
import { recommendationNotes } from '../../src/stages/recommendations.ts';
import type { BootWish, PatchWish, ResolveParams } from '../../src/stages/resolve/contract.ts';
import type { SourceFile } from '../../src/stages/source-file.ts';
import { StageFailure } from '../contract/failure.ts';
import type { StageContext } from '../contract/program.ts';
import { Reachable } from './reachable.ts';
import { RunWeb } from './run-web.ts';
import { WebClient } from './web-client.ts';

type Answer<Value> = { value: Value } | { failure: StageFailure };

export async function resolve({ arch, params, work, sources, progress, log }: StageContext<ResolveParams>) {
  const network = await readStageNetwork(work);
  const reachable = new Reachable({ allowed: network.allowed, mirrors: network.mirrors });
  const client = new WebClient(network, reachable, await trustedCertificates(network));
  try {
    // The same for all that takes part: suites are asked once for each context.
    return await resolveGroups({ arch, params, work, sources, progress, log, web: new RunWeb({ client, log }) });
  } finally {
    await client.close();
  }
}

async function resolveGroups(context: SourceContext) {
  const { params, progress, log } = context;
  const { kernel, packages, boot, previous } = params;
  const source = kernel ? makePart('kernel source', sourceResolvers, kernel.source) : null;
  const suites = [packages?.suite, boot?.suite].filter((suite) => suite !== undefined);
  const lists = suites.map((suite) => `the package lists of ${suite}`);
  const asked = [...(source ? [source.asks] : []), ...lists, ...(params.patches ? ['the sizes of patches'] : [])];
  progress(0, `fetching ${[...new Set(asked)].join(' and ')}`);
  const resolvingKernel = answer(async () =>
    kernel && source ? source.resolve(context, kernel, previous?.kernel) : null,
  );
  const resolvingPackages = answer(async () => {
    if (!packages) return null;
    const kernelOfImage = async () => {
      const found = await resolvingKernel;
      // A kernel that is not asked for is the one that the lock has already.
      const locked = ('value' in found ? found.value : null) ?? (kernel ? undefined : previous?.kernel);
      return locked && makePart('kernel source', sourceResolvers, packages.kernelSource).finished(locked);
    };
    return makePart('userland', userlands, packages.userland).resolve(context, packages, kernelOfImage);
  });
  const resolvingBoot = answer(async () => {
    if (!boot) return null;
    const userland = makePart('userland', userlands, boot.userland);
    return userland.resolveBoot(context, boot, previous?.boot).catch((error: unknown) => {
      throw kernel || packages ? error : neededForBoot(error, boot);
    });
  });
  const resolvingPatches = Promise.all(
    (params.patches ?? []).map((patch) => answer(() => resolvePatch(context, patch, previous?.patches ?? []))),
  );
  const [kernelAnswer, packagesAnswer, bootAnswer, patchAnswers] = await Promise.all([
    resolvingKernel,
    resolvingPackages,
    resolvingBoot,
    resolvingPatches,
  ]);
  const patches = patchAnswers.flatMap((one) => ('value' in one ? [one.value] : []));
  if (
    'failure' in kernelAnswer ||
    'failure' in packagesAnswer ||
    'failure' in bootAnswer ||
    patches.length < patchAnswers.length
  )
    throw merged([packagesAnswer, kernelAnswer, bootAnswer, ...patchAnswers]);
  const found = {
    ...{ kernel: kernelAnswer.value, packages: packagesAnswer.value, boot: bootAnswer.value },
    ...(params.patches ? { patches } : {}),
  };
  const kernelNote = found.kernel ? [`kernel ${found.kernel.version}`] : [];
  const packagesNote = found.packages ? [`${found.packages.packages.length} packages`] : [];
  const bootNote = found.boot ? [`${found.boot.packages.length} packages to boot from`] : [];
  for (const note of recommendationNotes(found.packages ?? undefined)) log(note);
  progress(1, [...kernelNote, ...packagesNote, ...bootNote].join(', '));
  return found;
}

/** What of the file is not in the definition: its size. */
async function resolvePatch(
  { web }: SourceContext,
  { url, sha256, pointer }: PatchWish,
  known: readonly SourceFile[],
): Promise<SourceFile> {
  const same = known.find((file) => file.sha256 === sha256);
  const { sizeBytes } = same ?? (await web.facts(url, { pointer, mostBytes: mostPatchBytes }));
  return { url, sha256, sizeBytes, filename: filenameOf(url, sha256) };
}

async function answer<Value>(run: () => Promise<Value>): Promise<Answer<Value>> {
  try {
    return { value: await run() };
  } catch (error) {
    if (error instanceof StageFailure) return { failure: error };
    throw error;
  }
}

/** The one failure there is, or one that holds what all of them say. */
function merged(answers: readonly Answer<unknown>[]): StageFailure {
  const failures = answers.flatMap((one) => ('failure' in one ? [one.failure] : []));
  const [first, ...others] = failures.filter(
    ({ error }, index) => failures.findIndex((other) => other.error.message === error.message) === index,
  );
  if (!first) throw new Error('nothing failed');
  if (others.length === 0) return first;
  const all = [first, ...others];
  return new StageFailure(
    {
      code: 'sources.unresolvable',
      message: all.map(({ error }) => error.message).join(' '),
      hint: all.flatMap(({ error }) => error.hint ?? []).join(' '),
      details: all.flatMap(({ error }) => error.details ?? []),
    },
    all.some(({ fault }) => fault === 'ours') ? 'ours' : 'user',
  );
}

/** A lock of before there were boot packages answers all else: what the network is wanted for is then no matter of course. */
function neededForBoot(error: unknown, { names }: BootWish): unknown {
  if (!(error instanceof StageFailure) || error.error.code === 'boot.package-unknown') return error;
  const wanted = names.map(({ name }) => name).join(', ');
  const message = `${error.error.message} The lock has everything but the packages to boot from (${wanted}), which are looked up once.`;
  return new StageFailure({ ...error.error, message }, error.fault);
}
