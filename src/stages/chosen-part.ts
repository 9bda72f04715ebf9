/** A part of a stage image as a component and a request name it. Which parts there are, and what each takes, the catalog knows. */
import * as z from 'zod';
import { hyphenatedName } from '../definition/names.ts';

export const PartName = hyphenatedName;

const mostParams = 100;

/** Checked by the part's own schema: when a component is read, and again by the part itself. */
export const PartParams = z
  .record(z.string().max(64), z.unknown())
  .refine((params) => Object.keys(params).length <= mostParams, `must have at most ${mostParams} entries`)
  .meta({ maxProperties: mostParams });

export const ChosenPart = z.strictObject({ use: PartName, params: PartParams });
export type ChosenPart = z.infer<typeof ChosenPart>;
