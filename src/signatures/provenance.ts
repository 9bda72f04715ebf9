/**
 * Provenance: what artifacts were made of, by whom and when. An in-toto statement (v1) with a predicate of SLSA (v1).
 * https://in-toto.io/Statement/v1, https://slsa.dev/spec/v1.0/provenance
 */
import * as z from 'zod';
import { Sha256 } from '../definition/sha256.ts';

export const statementMediaType = 'application/vnd.in-toto+json';

const statementType = 'https://in-toto.io/Statement/v1';
const predicateType = 'https://slsa.dev/provenance/v1';
/** How LDF builds: which parameters there are and what they mean; another number when that changes. */
const buildType = 'urn:ldf:build:1';

/** Subjects that are read: more than any build has. */
const mostSubjects = 10_000;

const Subject = z.object({
  name: z.string().max(256),
  digest: z.object({ sha256: Sha256 }),
  annotations: z.object({ sizeBytes: z.int().nonnegative() }),
});
export type Subject = z.infer<typeof Subject>;

/** What is read of a statement: what it is about, and who made that. Other keys are passed over, as in-toto has it. */
export const Statement = z.object({
  _type: z.literal(statementType),
  subject: z.array(Subject).max(mostSubjects),
  predicateType: z.literal(predicateType),
  predicate: z.object({
    buildDefinition: z.object({ buildType: z.literal(buildType) }),
    runDetails: z.object({
      builder: z.object({ id: z.string().max(256) }),
      metadata: z.object({
        invocationId: z.string().max(256),
        startedOn: z.iso.datetime(),
        finishedOn: z.iso.datetime(),
      }),
    }),
  }),
});
export type Statement = z.infer<typeof Statement>;

/** Something that went into a build. */
export interface Material {
  name: string;
  uri?: string;
  sha256: string;
}

export interface ProvenanceFacts {
  artifacts: readonly { name: string; sha256: string; sizeBytes: number }[];
  /** What the user gave, without what is secret in it. */
  external: Readonly<Record<string, unknown>>;
  /** What LDF made of it. */
  internal: Readonly<Record<string, unknown>>;
  materials: readonly Material[];
  /** Of the installation. */
  installation: string;
  /** Of LDF. */
  version: string;
  build: string;
  startedAt: Date;
  endedAt: Date;
}

/** The statement, as JSON. */
export function provenanceOf(facts: ProvenanceFacts): string {
  return JSON.stringify({
    _type: statementType,
    subject: facts.artifacts.map(
      ({ name, sha256, sizeBytes }): Subject => ({ name, digest: { sha256 }, annotations: { sizeBytes } }),
    ),
    predicateType,
    predicate: {
      buildDefinition: {
        buildType,
        externalParameters: facts.external,
        internalParameters: facts.internal,
        resolvedDependencies: facts.materials.map(({ sha256, ...rest }) => ({ ...rest, digest: { sha256 } })),
      },
      runDetails: {
        builder: { id: `urn:ldf:installation:${facts.installation}`, version: { ldf: facts.version } },
        metadata: {
          invocationId: facts.build,
          startedOn: facts.startedAt.toISOString(),
          finishedOn: facts.endedAt.toISOString(),
        },
      },
    },
  });
}
