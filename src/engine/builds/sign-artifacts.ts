/**
 * Signs what a build has made, where it ends: only there all artifacts are known. Each gets a signature of minisign; all of them,
 * with those signatures, one statement on what they were made of. No stage does it, so no layer holds a signature or its time.
 */
import packageJson from '../../../package.json' with { type: 'json' };
import type { Definition } from '../../definition/definition.ts';
import type { Failure } from '../../model/problem.ts';
import { contentHash } from '../../plan/canonical.ts';
import { componentHashes } from '../../plan/made.ts';
import { concealed } from '../../secrets.ts';
import { bundleMediaType, writeBundle } from '../../signatures/bundle.ts';
import { signedEnvelope } from '../../signatures/dsse.ts';
import { writeSignature } from '../../signatures/minisign.ts';
import { bundleExtension, provenanceExtension, signatureExtension } from '../../signatures/names.ts';
import { provenanceOf, statementMediaType } from '../../signatures/provenance.ts';
import type { Signer } from '../../signatures/signer.ts';
import type { ArtifactRecord } from '../../store/artifacts.ts';
import type { BuildRecord } from '../../store/builds.ts';
import { newestAttempts } from '../core/attempts.ts';
import type { BuildWork } from '../core/build-work.ts';
import type { Engine } from '../core/dependencies.ts';
import { Suspended, shouldResume, toFailure } from '../core/failure.ts';
import { planStoredBuild } from '../core/plan-build.ts';
import { RecordedRequest } from '../core/recorded-request.ts';
import { type NewContent, publishContents, removeUnused } from '../results/publish.ts';

type Work = Pick<BuildWork, 'engine' | 'leaseLost'>;

const signature = { kind: 'signature', disk: null, sparse: false, bootable: false } as const;
const signatureFacts = { ...signature, format: 'minisig', mediaType: 'text/plain; charset=utf-8' } as const;
const provenanceFacts = { ...signature, format: 'provenance', mediaType: 'application/json' } as const;
const bundleFacts = { ...signature, format: 'sigstore', mediaType: bundleMediaType } as const;

/**
 * Signs the artifacts of a build whose definition asks for it. May be repeated.
 * @returns why that is not possible, which is the failure of the build
 * @throws Suspended
 */
export async function signArtifacts(work: Work, { id }: BuildRecord): Promise<Failure | undefined> {
  const { engine, leaseLost } = work;
  try {
    // As it stands now: it got its lock while it ran.
    const build = await engine.store.getBuild(id);
    // Another build's artifacts are what a verification is about.
    if (!build || build.verifies !== null) return undefined;
    const definition = await engine.planner.definition(build.definition);
    const name = definition.signing.artifacts;
    if (name === undefined) return undefined;
    const signer = await engine.keys.artifactSigner(name);
    await publishContents(engine, id, await signed(engine, build, definition, signer), leaseLost);
    return undefined;
  } catch (error) {
    if (leaseLost.aborted || shouldResume(error)) throw new Suspended();
    const failure = toFailure(error, null);
    if (failure.code === 'internal') engine.logger.error({ err: error, build: id }, 'artifacts could not be signed');
    return failure;
  }
}

/** Takes away the signatures of a build that begins again: they are of what it had made before. */
export async function dropSignatures({ engine, leaseLost }: Work, { id }: BuildRecord): Promise<void> {
  const signatures = (await engine.store.listArtifacts([id])).filter(({ kind }) => kind === 'signature');
  if (signatures.length === 0) return;
  await engine.store.deleteArtifacts(signatures.map((artifact) => artifact.id));
  await removeUnused(
    engine,
    signatures.map(({ sha256 }) => sha256),
    leaseLost,
  );
}

async function signed(
  engine: Engine,
  build: BuildRecord,
  definition: Definition,
  signer: Signer,
): Promise<NewContent[]> {
  const now = engine.clock.now();
  const artifacts = (await engine.store.listArtifacts([build.id])).filter(
    ({ kind, removedAt }) => kind !== 'signature' && removedAt === null,
  );
  const timestamp = Math.floor(now.getTime() / 1000);
  const contents: NewContent[] = [];
  for (const { name: file, sha256 } of artifacts) {
    const text = writeSignature(signer, await engine.artifacts.blake2b(sha256), { file, timestamp });
    contents.push({ ...signatureFacts, name: `${file}${signatureExtension}`, content: Buffer.from(text) });
  }
  const statement = await statementOn(engine, build, artifacts, now);
  const envelope = signedEnvelope(signer, statementMediaType, statement);
  const stem = `${definition.name}-${definition.version}-${definition.arch}`;
  const [provenance, bundle] = [`${JSON.stringify(envelope)}\n`, writeBundle(signer, envelope)];
  return [
    ...contents,
    { ...provenanceFacts, name: `${stem}${provenanceExtension}`, content: Buffer.from(provenance) },
    { ...bundleFacts, name: `${stem}${bundleExtension}`, content: Buffer.from(bundle) },
  ];
}

async function statementOn(
  engine: Engine,
  build: BuildRecord,
  artifacts: readonly ArtifactRecord[],
  now: Date,
): Promise<string> {
  const { id, lock, components, boot, startedAt, createdAt } = build;
  const { composition, sources } = await planStoredBuild(engine, build, lock ?? undefined, undefined);
  return provenanceOf({
    artifacts,
    external: {
      definition: concealed(build.definition),
      components: concealed(components),
      boot,
    },
    internal: {
      // Of the whole values, with what is not shown of them.
      definition: { sha256: contentHash(build.definition) },
      lock: { sha256: contentHash(lock) },
      catalog: componentHashes(composition),
      stages: await stagesOf(engine, id),
    },
    materials: sources.map(({ filename, url, sha256 }) => ({ name: filename, uri: url, sha256 })),
    installation: engine.installation,
    version: packageJson.version,
    build: id,
    startedAt: startedAt ?? createdAt,
    endedAt: now,
  });
}

/** Of each stage its image's identity, and the key of its layer, which hashes all that shaped it. */
async function stagesOf({ store }: Engine, buildId: string): Promise<unknown[]> {
  return newestAttempts(await store.wholeStageRuns(buildId)).map(({ stage, key, request }) => {
    const recorded = RecordedRequest.safeParse(request);
    return { stage, key, stageImage: recorded.success ? recorded.data.image : null };
  });
}
