/** What paths, queries and headers may hold. All are closed: an unknown or impossible parameter is refused. */
import * as z from 'zod';
import { componentKinds } from '../catalog/component.ts';
import { apiBounds } from '../config.ts';
import { componentName, slug } from '../definition/names.ts';
import { imageNames } from '../stages/names.ts';
import { stageNames } from '../stages/registry.ts';

export const NoQuery = z.strictObject({});

const Id = z.string().regex(/^[0-9A-Za-z_-]{1,64}$/);

export const IdPath = z.strictObject({ id: Id });
export const ComponentPath = z.strictObject({
  kind: z.enum(componentKinds),
  name: componentName,
});

export const KeySetPath = z.strictObject({ name: slug });

/** A whole number in a query. */
export function wholeNumber({ min, max, describe }: { min: number; max: number; describe: string }) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^[0-9]{1,16}$/, message)
    .transform(Number)
    .pipe(z.int(message).min(min, message).max(max, message))
    .meta({ type: 'integer', minimum: min, maximum: max, description: describe });
}

export const PageQuery = z.strictObject({
  limit: wholeNumber({ min: 1, max: apiBounds.maxPageSize, describe: 'How many at the most.' }).default(50),
  cursor: z
    .string()
    .regex(/^[0-9A-Za-z_=.:-]{1,200}$/, 'must be a nextCursor of an earlier answer')
    .optional()
    .describe('`nextCursor` of the page before.'),
});

export const StageQuery = z.enum(stageNames);
export const ImageQuery = z.enum(imageNames);

/** A position in a build's journal, or `end` for the one it has now. */
export const Position = z
  .string()
  .regex(/^([0-9]{1,15}|end)$/, 'must be an id that was read, 0, or end')
  .transform((value) => (value === 'end' ? value : Number(value)))
  .meta({ description: 'Continue after this id: 0 for the start, `end` for only new entries.' });
