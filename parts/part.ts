/**
 * A part: code for one kind of thing (a file system, a format, a boot loader …) that a component names under `use` and
 * tells what it wants under `params`. Each kind has a folder here, with its interface, an index of its parts, and
 * `params.ts`, which holds their schemas alone: whoever only checks what is written loads no code of theirs.
 */
import type * as z from 'zod';
import { ownValue } from '../src/own-value.ts';
import type { ChosenPart } from '../src/stages/chosen-part.ts';
import { StageFailure } from '../stage-images/contract/failure.ts';

export interface Part<Made> {
  /** Makes the thing of the parameters that stand in a request. @throws ZodError for others than the part's own schema has. */
  make(params: unknown): Made;
}

/** A part with its schema, whose type the parameters have where they are used. */
export function definePart<Schema extends z.ZodType, Made>(
  schema: Schema,
  make: (params: z.output<Schema>) => Made,
): Part<Made> {
  return { make: (params) => make(schema.parse(params)) };
}

/**
 * The chosen part of one kind, made. @param kind as a person calls it, such as `file system`
 * @throws StageFailure `part.unknown`, naming those that there are.
 */
export function makePart<Made>(
  kind: string,
  parts: Readonly<Record<string, Part<Made>>>,
  { use, params }: ChosenPart,
): Made {
  const part = ownValue(parts, use);
  if (!part)
    throw new StageFailure(
      {
        code: 'part.unknown',
        message: `This stage image has no ${kind} ${JSON.stringify(use)}; it has ${Object.keys(parts).join(', ')}.`,
        hint: 'Build the stage images again (`ldf images build`), so that they have every part that components name.',
      },
      'ours',
    );
  return part.make(params);
}
