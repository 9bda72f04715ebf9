/** A stage whose result is a layer of recorded consoles and screens, and a verdict on each artifact that can boot. */
import { ZodError } from 'zod';
import type { LdfError } from '../../errors.ts';
import type { Verdict } from '../../model/artifact.ts';
import type { PlannedStage } from '../../plan/types.ts';
import { stagePaths } from '../../stages/contract.ts';
import {
  ArtifactsResult,
  consoleFacts,
  type ResultVerdict,
  screenFacts,
  VerdictsResult,
  verdictsFile,
} from '../../stages/results.ts';
import type { LayerRecord } from '../../store/layers.ts';
import type { StageRunRecord } from '../../store/stage-runs.ts';
import { attemptNames, ownerOf } from '../core/attempt-names.ts';
import type { BuildWork } from '../core/build-work.ts';
import type { Engine } from '../core/dependencies.ts';
import { type FoundLayer, type LayerStrategy, layerTask } from './layer.ts';
import { type PublishedFile, publishContents, publishFiles } from './publish.ts';

/** Its inputs have the artifacts that are booted. */
export const verdictsTask: LayerStrategy = (work, plan, stage, inputs) => ({
  ...layerTask(work, plan, stage, inputs),
  publish: (made) => publishVerdicts(work, stage, made),
  salvage: (run, error) => salvageBoots(work, inputs, run, error),
});

/** The build's verdict: bootable when every artifact that was tried is, and each was booted; null when none was tried. */
export async function buildVerdict({ store }: Engine, buildId: string): Promise<Verdict | null> {
  const verdicts = (await store.listArtifacts([buildId])).flatMap(({ verdict }) => verdict ?? []);
  const [first] = verdicts;
  if (!first) return null;
  // The one to look at: what failed, else what nothing has booted, else what took longest.
  return verdicts.reduce((worst, verdict) => {
    if (worst.bootable !== verdict.bootable) return proof(verdict) < proof(worst) ? verdict : worst;
    return verdict.seconds > worst.seconds ? verdict : worst;
  }, first);
}

/** How much is shown of an image. */
function proof({ bootable }: Verdict): number {
  return bootable === null ? 1 : bootable ? 2 : 0;
}

async function publishVerdicts(work: BuildWork, stage: PlannedStage, layer: FoundLayer): Promise<void> {
  const { verdicts } = VerdictsResult.parse(layer.result.data);
  await publishFiles(work, stage, layer, verdicts.flatMap(allRecordings));
  for (const verdict of verdicts) await setVerdict(work, verdict);
}

/** Of the boots on all machines. */
function allRecordings(verdict: ResultVerdict): PublishedFile[] {
  return [verdict, ...(verdict.others ?? [])].flatMap(recordings);
}

/** What a boot left to look at. */
function recordings({ console, screen }: Pick<ResultVerdict, 'console' | 'screen'>): PublishedFile[] {
  const said = console === undefined ? [] : [{ path: console, ...consoleFacts }];
  const picture = screen === undefined ? [] : [{ path: screen, ...screenFacts }];
  return [...said, ...picture];
}

/**
 * A failed stage lists no outputs, so what it recorded is taken from where the boot-tester puts it, as are its verdicts.
 * Where it did not come as far as verdicts, nothing is said of the images.
 */
async function salvageBoots(work: BuildWork, inputs: readonly LayerRecord[], run: StageRunRecord, error: LdfError) {
  const { engine, build } = work;
  if (error.code !== 'stage.failed') return;
  const artifacts = inputs.flatMap(({ result }) => ArtifactsResult.safeParse(result.data).data?.artifacts ?? []);
  const verdicts = await salvageVerdicts(work, run);
  for (const { path } of artifacts.filter(({ bootable }) => bootable)) {
    const verdict = verdicts.find(({ artifact }) => artifact === path);
    for (const file of verdict ? allRecordings(verdict) : recordings({ console: `${path}.console.log` }))
      await salvageFile(work, run, file);
    if (verdict) await setVerdict(work, verdict);
  }
  engine.logger.info({ build: build.id, code: error.subcode }, 'an image did not boot');
}

async function salvageVerdicts({ engine, build }: BuildWork, run: StageRunRecord): Promise<readonly ResultVerdict[]> {
  const content = await readLeft(engine, run, verdictsFile, engine.config.verdictBytes);
  if (!content) return [];
  try {
    const { verdicts } = VerdictsResult.parse(JSON.parse(content.toString('utf8')));
    // That a part of them passed is no proof while the stage has failed.
    return verdicts.filter(({ bootable }) => bootable === false);
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof ZodError)) throw error;
    engine.logger.warn({ err: error, build: build.id }, 'the verdicts that a failed boot left cannot be read');
    return [];
  }
}

function readLeft(engine: Engine, run: StageRunRecord, path: string, maxBytes: number): Promise<Buffer | undefined> {
  const { container } = attemptNames(engine.installation, ownerOf(run));
  return engine.runtime.readFile(container, `${stagePaths.out}/${path}`, maxBytes);
}

/** Makes a file of a failed stage an artifact, if it left one. */
async function salvageFile(work: BuildWork, run: StageRunRecord, recording: PublishedFile): Promise<void> {
  const { path: name } = recording;
  const { engine, build, leaseLost } = work;
  const content = await readLeft(engine, run, name, engine.config.consoleBytes);
  if (content) await publishContents(engine, build.id, [{ ...recording, name, content }], leaseLost);
}

async function setVerdict({ engine, build }: BuildWork, verdict: ResultVerdict): Promise<void> {
  const { artifact, bootable, note, seconds, wallSeconds } = verdict;
  const recorded = await engine.store.listArtifacts([build.id]);
  const idOf = (path: string | undefined) => recorded.find(({ name }) => name === path)?.id;
  const screen = idOf(verdict.screen);
  await engine.store.setVerdict(build.id, artifact, {
    bootable,
    ...(note === undefined ? {} : { note }),
    seconds,
    ...(wallSeconds === undefined ? {} : { wallSeconds }),
    console: idOf(verdict.console) ?? null,
    ...(screen === undefined ? {} : { screen }),
  });
}
