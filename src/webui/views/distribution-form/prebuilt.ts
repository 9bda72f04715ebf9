/** Kernels that come finished: their options cannot be changed, which the fields of them say. */
import * as z from 'zod';
import { sourceForms } from '../../../../parts/sources/params.ts';
import { jsonPointer } from '../../../errors.ts';
import type { ListedComponent } from '../../../model/component.ts';
import { type Draft, type Path, valueAt } from './draft.ts';
import { nodeAt, type SchemaNode } from './schema.ts';

const Spec = z.looseObject({
  use: z.string().optional().catch(undefined),
  kernelSeries: z
    .array(z.looseObject({ series: z.string(), use: z.string().optional().catch(undefined) }))
    .catch([])
    .default([]),
});

const optionsOf = jsonPointer(['kernel', 'config']);
const forms: Readonly<Record<string, string>> = sourceForms;

/** Why nothing can be set at a path; undefined where something can. */
export function lockedBy(
  path: Path,
  { draft, schema, components }: { draft: Draft; schema: SchemaNode; components: readonly ListedComponent[] },
): string | undefined {
  const pointer = jsonPointer(path);
  if (pointer !== optionsOf && !pointer.startsWith(`${optionsOf}/`)) return undefined;
  const at = ['kernel', 'source'];
  const name = valueAt(draft, at) ?? nodeAt(schema, at)?.default;
  const component = components.find((one) => one.kind === 'kernel' && one.name === name);
  if (!component) return undefined;
  const { use, kernelSeries } = Spec.parse(component.spec);
  const version = valueAt(draft, ['kernel', 'version']);
  const [newest] = kernelSeries;
  const chosen = kernelSeries.find(({ series }) => series === version || String(version).startsWith(`${series}.`));
  const part = (chosen ?? newest)?.use ?? use ?? '';
  if (!Object.hasOwn(forms, part) || forms[part] !== 'binary') return undefined;
  return `${component.title}: this kernel is prebuilt; its options can't be changed.`;
}
