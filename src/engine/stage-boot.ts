/** The stage `boot`: a layer of recorded consoles, and a verdict on each artifact that can boot. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LdfError } from '../errors.ts';
import type { VerdictShape } from '../shapes/shapes.ts';
import { stagePaths } from '../stages/contract.ts';
import { stageData } from '../stages/stages.ts';
import type { LayerRecord, StageRunRecord } from '../store/store.ts';
import { attemptNames, ownerOf } from './attempt-names.ts';
import type { BuildWork } from './build-work.ts';
import type { Engine } from './dependencies.ts';
import { publishFiles, publishStaged } from './publish.ts';
import type { StageTask } from './run-stage.ts';

/** `packaged` is the layer whose artifacts are booted. */
export function bootTask(
  work: BuildWork,
  layer: StageTask<LayerRecord>,
  packaged: LayerRecord,
): StageTask<LayerRecord> {
  return {
    ...layer,
    publish: (made) => publishVerdicts(work, made),
    salvage: (run, error) => salvageConsoles(work, packaged, run, error),
  };
}

/** The build's verdict: bootable when every artifact that was tried is; null when none was. */
export async function buildVerdict({ store }: Engine, buildId: string): Promise<VerdictShape | null> {
  const verdicts = (await store.listArtifacts([buildId])).flatMap(({ verdict }) => verdict ?? []);
  const [first] = verdicts;
  if (!first) return null;
  // The one to look at: what failed, else what took longest.
  return verdicts.reduce((worst, verdict) => {
    if (worst.bootable !== verdict.bootable) return worst.bootable ? verdict : worst;
    return verdict.seconds > worst.seconds ? verdict : worst;
  }, first);
}

async function publishVerdicts(work: BuildWork, layer: LayerRecord): Promise<void> {
  const { verdicts } = stageData.boot.parse(layer.result.data);
  const consoles = verdicts.map(({ console }) => ({ path: console, format: 'console' }));
  await publishFiles(work, layer, consoles);
  for (const { artifact, bootable, seconds, console } of verdicts)
    await setVerdict(work, artifact, console, { bootable, seconds });
}

/**
 * A failed stage lists no outputs, so its consoles are taken from where the boot-tester records them. The failed
 * artifacts are those its details speak of; of the others it is not known that they are at fault.
 */
async function salvageConsoles(work: BuildWork, packaged: LayerRecord, run: StageRunRecord, error: LdfError) {
  const { engine, build } = work;
  if (error.code !== 'stage.failed') return;
  const { artifacts } = stageData.package.parse(packaged.result.data);
  const seconds = Math.round((engine.clock.now().getTime() - (run.startedAt?.getTime() ?? 0)) / 1000);
  for (const { path } of artifacts.filter(({ bootable }) => bootable)) {
    const console = await salvageConsole(work, run, `${path}.console.log`);
    const failed = error.details.some(({ message }) => message.startsWith(`${path} `));
    if (failed) await setVerdict(work, path, console, { bootable: false, seconds });
  }
  engine.logger.info({ build: build.id, code: error.subcode }, 'an image did not boot');
}

/** The artifact's name, or undefined when the stage left no such console. */
async function salvageConsole(work: BuildWork, run: StageRunRecord, name: string): Promise<string | undefined> {
  const { engine, build, letGo } = work;
  const { runtime, artifacts, config } = engine;
  const { container } = attemptNames(engine.installation, ownerOf(run));
  const content = await runtime.readFile(container, `${stagePaths.out}/${name}`, config.consoleBytes);
  if (!content) return undefined;
  const folder = await artifacts.staging(build.id);
  try {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    const sha256 = createHash('sha256').update(content).digest('hex');
    const artifact = { buildId: build.id, name, format: 'console', sizeBytes: content.length, sha256, verdict: null };
    await publishStaged(engine, artifact, file, letGo);
    return name;
  } finally {
    await artifacts.clearStaging(build.id);
  }
}

async function setVerdict(
  { engine, build }: BuildWork,
  artifact: string,
  console: string | undefined,
  verdict: Pick<VerdictShape, 'bootable' | 'seconds'>,
): Promise<void> {
  const recorded = (await engine.store.listArtifacts([build.id])).find(({ name }) => name === console);
  await engine.store.setVerdict(build.id, artifact, { ...verdict, console: recorded?.id ?? null });
}
