/** What a build leaves, and whether it has booted. */
import * as z from 'zod';
import { ArtifactFacts } from '../stages/artifact-facts.ts';
import { Time } from './time.ts';

/**
 * `bootable` is said only of what has booted; `console` is the id of the artifact that recorded the console, `screen` of the
 * picture of the screen.
 */
export const Verdict = z.strictObject({
  /** null: nothing here can start the machine that it is for, so it was compared with what the machine's maker documents, and fits. */
  bootable: z.boolean().nullable(),
  /** Of what was not booted: that, and what was done in place of it. */
  note: z.string().optional(),
  /** How long it took in the time of what booted, which a busy host does not make longer. */
  seconds: z.number(),
  /** How long it took in the host's time, up to the verdict. Absent in verdicts of earlier releases. */
  wallSeconds: z.number().optional(),
  console: z.string().nullable(),
  /** Absent where there was no screen to take a picture of. */
  screen: z.string().optional(),
});
export type Verdict = z.infer<typeof Verdict>;

/** Of what a build has, and no stage has made: signatures come when it ends, with its time in them. */
export const KeptFacts = ArtifactFacts.extend({
  kind: z
    .enum([...ArtifactFacts.shape.kind.options, 'signature'])
    .describe(
      'An image; a document about images, as the SBOM; what one boot left to look at, which no other boot leaves the same; or a signature of other artifacts.',
    ),
});
export type KeptFacts = z.infer<typeof KeptFacts>;

/** The facts alone, of a record that has others beside them. */
export function keptFacts({ kind, format, mediaType, disk, sparse, bootable }: KeptFacts): KeptFacts {
  return { kind, format, mediaType, disk, sparse, bootable };
}

export const Artifact = z.strictObject({
  id: z.string(),
  name: z.string(),
  ...KeptFacts.shape,
  sizeBytes: z.int().nonnegative(),
  sha256: z.string(),
  /** null for what cannot boot, and for what was not tried. */
  verdict: Verdict.nullable(),
  /** When garbage collection removed the content; absent while it is there. */
  removedAt: Time.optional(),
});
export type Artifact = z.infer<typeof Artifact>;

/** An artifact that was asked for by its own id. */
export const ArtifactOfBuild = z.strictObject({ ...Artifact.shape, buildId: z.string() });
export type ArtifactOfBuild = z.infer<typeof ArtifactOfBuild>;
