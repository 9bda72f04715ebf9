/** Values that a chosen component offers for a key, and lists that the browser knows: suggestions, never a restriction. */
import * as z from 'zod';
import { anySeries } from '../../../definition/kernel-series.ts';
import type { ListedComponent } from '../../../model/component.ts';
import { type Draft, type Path, valueAt } from './draft.ts';
import { componentPaths, nodeAt, type SchemaNode } from './schema.ts';

const Spec = z.looseObject({
  kernelSeries: z
    .array(z.looseObject({ series: z.string(), bases: z.record(z.string(), z.unknown()).optional() }))
    .optional()
    .catch(undefined),
  suites: z.array(z.string()).optional().catch(undefined),
});

/** Which part of a component file answers which key. */
const answers: Readonly<Record<string, (spec: z.infer<typeof Spec>) => readonly string[]>> = {
  'kernel.version': ({ kernelSeries }) =>
    kernelSeries?.map(({ series }) => series).filter((series) => series !== anySeries) ?? [],
  'kernel.config.base': ({ kernelSeries }) => kernelSeries?.flatMap(({ bases }) => Object.keys(bases ?? {})) ?? [],
  'userland.suite': ({ suites }) => suites ?? [],
};

export function offersFor(
  path: Path,
  draft: Draft,
  schema: SchemaNode,
  components: readonly ListedComponent[],
): string[] {
  const key = path.join('.');
  if (key === 'system.timezone') return Intl.supportedValuesOf('timeZone');
  const answer = answers[key];
  if (!answer) return [];
  const found = components.filter((component) => isNamed(component, draft, schema));
  return [...new Set(found.flatMap(({ spec }) => answer(Spec.parse(spec))))];
}

function isNamed({ kind, name }: ListedComponent, draft: Draft, schema: SchemaNode): boolean {
  return componentPaths(schema).some(
    (place) => place.kind === kind && (valueAt(draft, place.path) ?? nodeAt(schema, place.path)?.default) === name,
  );
}
