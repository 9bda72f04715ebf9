/** Stage images: what is there, and the work of building, pulling and loading them. */
import * as z from 'zod';
import { imageNames } from '../stages/names.ts';
import { Time } from './time.ts';

export const StageImageStatus = z.strictObject({
  name: z.enum(imageNames),
  state: z
    .enum(['ok', 'missing', 'mismatch', 'stale', 'unused'])
    .describe('`unused`: it is not there, and no build has needed it yet.'),
  /** What is wrong and how to fix it; null when it is fine. */
  problem: z.string().nullable(),
  id: z.string().nullable(),
  identity: z.string().nullable(),
  origin: z.enum(['built', 'pulled', 'loaded']).nullable(),
  sizeBytes: z.int().nonnegative().nullable(),
});
export type StageImageStatus = z.infer<typeof StageImageStatus>;

export const StageImageList = z.strictObject({ items: z.array(StageImageStatus) });

export const StageImageBuildRequest = z.strictObject({
  images: z
    .array(z.enum(imageNames))
    .min(1)
    .max(imageNames.length)
    .optional()
    .describe(
      'Only these. Default: all but those that no build has needed yet. A plan tells in which image each of its stages runs.',
    ),
});

export const PullRequest = z.strictObject({
  from: z
    .string()
    .max(255)
    .regex(
      /^[a-z0-9][a-z0-9.-]*(:[0-9]+)?(\/[a-z0-9][a-z0-9._-]*)*$/,
      'must be a registry and path such as registry.example/ldf',
    )
    .describe('Registry and path under which the stage images are published, such as registry.example/ldf.'),
});

export const ImageProgressLine = z.strictObject({
  image: z.enum([...imageNames, 'base']),
  kind: z.enum(['step', 'log', 'done']).describe('A step starts, a line of its output, or the image is ready.'),
  step: z.int().nonnegative(),
  steps: z.int().nonnegative().describe('0: not counted.'),
  text: z.string(),
});
export type ImageProgressLine = z.infer<typeof ImageProgressLine>;

/** Work on stage images that goes on. Images that it has not come to yet are not among its own. */
export const ImageWorkStatus = z.strictObject({
  startedAt: Time,
  images: z.array(
    ImageProgressLine.pick({ image: true, step: true, steps: true, text: true }).extend({
      startedAt: Time,
      endedAt: Time.nullable().describe('When the image was ready; null while it is worked on.'),
    }),
  ),
});
export type ImageWorkStatus = z.infer<typeof ImageWorkStatus>;

export const ImageWorkList = z.strictObject({ items: z.array(ImageWorkStatus) });
