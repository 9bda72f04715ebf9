/** The kernel whose options are asked for: what it comes to, and its source in the source store. */
import type { Catalog } from '../../catalog/catalog.ts';
import { type Architecture, Definition } from '../../definition/definition.ts';
import { LdfError, printable } from '../../errors.ts';
import { Problems } from '../../plan/problems.ts';
import type { Plan } from '../../plan/types.ts';
import { checkKernel, formOf, type KernelKey, kernelWish } from '../../plan/wishes.ts';
import { fileOf } from '../../stages/locked.ts';
import type { SourceFile } from '../../stages/source-file.ts';
import type { Engine, StageImages } from '../core/dependencies.ts';
import { missingSources } from '../core/missing-sources.ts';
import type { QueryRuns } from './query-runs.ts';

/**
 * What a definition with this kernel would ask the lock for.
 * @throws LdfError `definition.impossible` when the catalog has no such kernel, or only a finished one.
 */
export function wishOf(
  catalog: Catalog,
  arch: Architecture,
  asked: { source: string } & Partial<Pick<Definition['kernel'], 'version' | KernelKey>>,
): Plan['wishes']['kernel'] {
  const { source } = asked;
  const component = catalog.find('kernel', source);
  const offered = catalog.ofKind('kernel').map(({ name }) => name);
  if (!component) throw impossible('/source', printable(source), 'names no kernel', `There are ${offered.join(', ')}.`);
  const problems = new Problems();
  const definition = Definition.parse({ name: 'query', arch, kernel: asked });
  const wish = kernelWish(definition, component, problems);
  checkKernel(wish, definition, problems);
  const [problem] = problems.details;
  if (problem) throw impossible(problem.pointer.replace(/^\/kernel/, ''), problem.value, problem.message, problem.hint);
  if (formOf(wish.source) !== 'source')
    throw impossible(
      '/source',
      printable(source),
      'offers finished kernels: their options are as they are',
      'Choose a kernel that is compiled to set its options.',
    );
  return wish;
}

function impossible(pointer: string, value: string | undefined, message: string, hint: string | undefined): LdfError {
  const way = hint === undefined ? {} : { hint };
  const shown = value === undefined ? {} : { value };
  return new LdfError('definition.impossible', 'There are no kernel options to show.', {
    details: [{ pointer, message, ...shown, ...way }],
  });
}

/** Brings what a kernel is made of into the source store, unless it is there. @throws LdfError what the download failed with. */
export async function fetchKernel(
  engine: Engine,
  runs: QueryRuns,
  arch: Architecture,
  sources: readonly SourceFile[],
  images: StageImages,
): Promise<void> {
  const missing = await missingSources(engine, sources);
  if (missing.length === 0) return;
  await runs.download(arch, missing.map(fileOf), images);
  await engine.store.addSources(missing);
}
