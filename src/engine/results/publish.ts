/** Brings files out of a layer into the artifact store, and makes them artifacts of a build. */
import { createHash } from 'node:crypto';
import { lstat, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LdfError } from '../../errors.ts';
import { type KeptFacts, keptFacts } from '../../model/artifact.ts';
import type { PlannedStage } from '../../plan/types.ts';
import { requireRegular } from '../../regular-file.ts';
import type { ArtifactFacts } from '../../stages/artifact-facts.ts';
import type { StageOutput } from '../../stages/contract.ts';
import type { ArtifactRecord } from '../../store/artifacts.ts';
import type { LayerRecord } from '../../store/layers.ts';
import type { BuildWork } from '../core/build-work.ts';
import { type Engine, stageImage } from '../core/dependencies.ts';
import { Stopped } from '../core/failure.ts';
import { artifactsLease, Lease, newOwner } from '../core/leases.ts';
import type { FoundLayer } from './layer.ts';

export interface PublishedFile extends ArtifactFacts {
  /** Path in the layer; also the artifact's name. */
  path: string;
}

type NewArtifact = Omit<ArtifactRecord, 'id' | 'createdAt' | 'removedAt' | 'storedBytes'>;

/**
 * Files of a layer, by the stage that made it. Contents that the store has already are not copied again. May be repeated.
 * @throws LdfError `stage.result-invalid` when a file is not what its stage announced; Stopped when the build is to end.
 */
export async function publishFiles(
  work: BuildWork,
  stage: Pick<PlannedStage, 'image'>,
  layer: FoundLayer,
  files: readonly PublishedFile[],
): Promise<void> {
  const { engine, build } = work;
  const until = AbortSignal.any([work.ending.signal, work.leaseLost]);
  const artifacts = files.map((file): NewArtifact => {
    const { sizeBytes, sha256 } = announcedOutput(layer, file.path);
    return { buildId: build.id, name: file.path, ...keptFacts(file), sizeBytes, sha256, verdict: null };
  });
  try {
    await withArtifacts(engine, until, async () => {
      await exportMissing(work, stage, layer, artifacts, until);
      await replaceArtifacts(engine, artifacts);
      await recordSize(engine, layer);
    });
  } catch (error) {
    if (work.ending.signal.aborted && !work.leaseLost.aborted) throw new Stopped();
    throw error;
  }
}

/** An artifact that no layer has. */
export interface NewContent extends KeptFacts {
  name: string;
  content: Uint8Array;
}

/** Makes contents artifacts of a build. May be repeated. */
export async function publishContents(
  engine: Engine,
  buildId: string,
  contents: readonly NewContent[],
  until: AbortSignal,
): Promise<void> {
  const folder = await engine.artifacts.staging(buildId);
  const artifacts = contents.map((made): NewArtifact => {
    const { name, content } = made;
    const sha256 = createHash('sha256').update(content).digest('hex');
    return { buildId, name, ...keptFacts(made), sizeBytes: content.length, sha256, verdict: null };
  });
  try {
    for (const { name, content } of contents) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    }
    await withArtifacts(engine, until, async () => {
      for (const { name, sha256 } of artifacts) await engine.artifacts.adopt(join(folder, name), sha256);
      await replaceArtifacts(engine, artifacts);
    });
  } finally {
    await engine.artifacts.clearStaging(buildId);
  }
}

/** Removes the contents among `sha256s` that no artifact has any more. */
export async function removeUnused(engine: Engine, sha256s: readonly string[], until: AbortSignal) {
  await withArtifacts(engine, until, () => dropUnused(engine, sha256s));
}

/** One at a time, in this and all other processes: nobody removes a content between another's seeing it and referring to it. */
export async function withArtifacts(engine: Engine, until: AbortSignal, act: () => Promise<void>) {
  const lease = await Lease.wait(engine, artifactsLease, newOwner(engine), until);
  try {
    await act();
  } finally {
    await lease.release();
  }
}

async function exportMissing(
  { engine, build, images }: BuildWork,
  stage: Pick<PlannedStage, 'image'>,
  layer: LayerRecord,
  artifacts: readonly NewArtifact[],
  until: AbortSignal,
): Promise<void> {
  const missing = [];
  for (const artifact of artifacts)
    if ((await engine.artifacts.storedBytes(artifact.sha256)) === undefined) missing.push(artifact);
  if (missing.length === 0) return;
  const folder = await engine.artifacts.staging(build.id);
  try {
    const paths = missing.map(({ name }) => name);
    const image = stageImage(images, stage.image).id;
    await engine.runtime.exportFiles(layer.volume, paths, folder, image, until);
    for (const { name, sha256, sizeBytes } of missing) {
      const file = join(folder, name);
      const entry = await lstat(file);
      requireRegular(entry, `${name} of stage ${layer.stage}`);
      const { size } = entry;
      if (size !== sizeBytes) throw notAsAnnounced(layer, name, `has ${size} bytes, announced were ${sizeBytes}`);
      await engine.artifacts.adopt(file, sha256);
    }
  } finally {
    await engine.artifacts.clearStaging(build.id);
  }
}

/** An artifact of the same name, from an attempt before, gives way. */
async function replaceArtifacts(engine: Engine, artifacts: readonly NewArtifact[]): Promise<void> {
  const { store } = engine;
  const before = await store.listArtifacts([...new Set(artifacts.map(({ buildId }) => buildId))]);
  const stored = artifacts.map(async (artifact) => {
    const storedBytes = (await engine.artifacts.storedBytes(artifact.sha256)) ?? artifact.sizeBytes;
    return { ...artifact, storedBytes };
  });
  await store.addArtifacts(await Promise.all(stored));
  const names = new Set(artifacts.map(({ name }) => name));
  await dropUnused(
    engine,
    before.filter(({ name }) => names.has(name)).map(({ sha256 }) => sha256),
  );
}

/** An image has holes: a layer takes no more for it than the artifact store does. */
async function recordSize({ store, artifacts }: Engine, layer: FoundLayer): Promise<void> {
  const { keptUnder, result, sizeBytes } = layer;
  const sizes = result.outputs.map(async (output) => (await artifacts.storedBytes(output.sha256)) ?? output.sizeBytes);
  const onDisk = (await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, 0);
  if (onDisk !== sizeBytes) await store.setLayerSize(keptUnder, onDisk);
}

export async function dropUnused({ store, artifacts }: Engine, sha256s: readonly string[]): Promise<void> {
  for (const sha256 of new Set(sha256s))
    if ((await store.countArtifactsOf(sha256)) === 0) await artifacts.remove(sha256);
}

function announcedOutput(layer: LayerRecord, path: string): StageOutput {
  const output = layer.result.outputs.find((announced) => announced.path === path && announced.kind === 'file');
  if (output) return output;
  throw notAsAnnounced(layer, path, 'is not among its outputs');
}

function notAsAnnounced({ stage }: LayerRecord, path: string, how: string): LdfError {
  return new LdfError('stage.result-invalid', `${path} of stage ${stage} ${how}.`, {
    hint: `Retry the build from stage ${stage}: its layer is then made again.`,
  });
}
