/** Boots that a person watches and types into, outside any build: a few at a time, each with an end. */

import type { Duplex } from 'node:stream';
import { canStart } from '../../../parts/machines/params.ts';
import { defaultParts } from '../../definition/defaults.ts';
import { LdfError } from '../../errors.ts';
import type { ConsoleWish } from '../../model/console.ts';
import type { Owner } from '../../runtime/runtime.ts';
import { type ConsoleRequest, consoleCommand } from '../../stages/console.ts';
import { contractVersion } from '../../stages/contract.ts';
import { stageNamed, stages, stageWithResult } from '../../stages/registry.ts';
import { ArtifactsResult, type ResultArtifact } from '../../stages/results.ts';
import type { BuildRecord } from '../../store/builds.ts';
import { newId } from '../../store/ids.ts';
import type { LayerRecord } from '../../store/layers.ts';
import { attemptNames, layerKeys, outsideBuild } from '../core/attempt-names.ts';
import { limitsOf } from '../core/config.ts';
import { type Engine, stageImage } from '../core/dependencies.ts';
import { buildLease, Lease } from '../core/leases.ts';
import { planStoredBuild } from '../core/plan-build.ts';
import { findLayer } from '../results/layer.ts';
import { containerSpec, ensureVolumes } from '../stage-runs/container-spec.ts';
import { clearAttempt } from '../stage-runs/run-attempt.ts';
import { defaultSurroundings } from '../stage-runs/surroundings.ts';

export class Consoles {
  readonly #engine: Engine;
  /** Of each, what ends it and waits until it is cleared away. */
  readonly #open = new Map<string, () => Promise<void>>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /**
   * Boots an artifact. The stream is its serial console: the machine is switched off when it is ended or destroyed, and it
   * ends with the machine.
   * @throws LdfError `queue.full` when enough are open, `state.conflict` for what cannot be booted, or for a log-in that
   * nobody knows how to give, `not-found`, `images.missing`, `docker.unavailable`.
   */
  async open(artifactId: string, wish: ConsoleWish): Promise<Duplex> {
    const { config } = this.#engine;
    if (this.#open.size >= config.consoles)
      throw new LdfError('queue.full', `${config.consoles} machines run already.`, {
        hint: 'Close another console first.',
      });
    const owner = { build: outsideBuild(newId()), stage: consoleStage().name, attempt: 1 };
    this.#open.set(owner.build, async () => undefined);
    let lease: Lease | undefined;
    try {
      lease = await Lease.take(this.#engine, buildLease(owner.build), this.#engine.owner);
      const stream = await this.#boot(owner, artifactId, wish);
      const cleared = this.#clearWhenOver(owner, lease, stream);
      this.#open.set(owner.build, () => {
        stream.destroy();
        return cleared;
      });
      return stream;
    } catch (error) {
      await this.#clear(owner, lease);
      throw error;
    }
  }

  /** Ends all of them. */
  async stop(): Promise<void> {
    await Promise.all([...this.#open.values()].map((end) => end()));
  }

  async #boot(owner: Owner, artifactId: string, { logIn }: ConsoleWish): Promise<Duplex> {
    const engine = this.#engine;
    const { artifact, qemu, build, layer } = await findBootable(engine, artifactId);
    const { image: name } = stageNamed(owner.stage);
    const image = stageImage(await engine.images.resolve([name]), name).id;
    const { installation, runtime, config } = engine;
    const surroundings = defaultSurroundings;
    await ensureVolumes(runtime, { installation, owner });
    const request: ConsoleRequest = {
      ...{ contract: contractVersion, arch: build.arch, artifact: artifact.path, disk: artifact.disk, qemu },
      ...(await machineOf(engine, { artifact, build }, logIn)),
      ...{ ...config.consoleMachine, seconds: config.consoleSeconds },
    };
    const limits = limitsOf(config, owner.stage);
    const spec = containerSpec({
      ...{ installation, owner, request, image, limits, surroundings },
      layers: { [layer.stage]: layer.volume },
    });
    const stream = await runtime.converse({ ...spec, command: [consoleCommand] });
    engine.logger.info({ build: build.id, artifact: artifact.path, console: owner.build }, 'a machine was started');
    return stream;
  }

  async #clearWhenOver(owner: Owner, lease: Lease | undefined, stream: Duplex): Promise<void> {
    const { runtime, logger, installation, config } = this.#engine;
    stream.on('error', (error) => logger.debug({ err: error, console: owner.build }, 'a console broke off'));
    // `once` of node:events would throw what the stream ends with, and that is no reason to leave anything behind.
    if (!stream.closed) await new Promise((resolve) => stream.once('close', resolve));
    await runtime.stop(attemptNames(installation, owner).container, config.graceMs).catch((error: unknown) => {
      logger.warn({ err: error, console: owner.build }, 'a machine could not be stopped; the next start removes it');
    });
    await this.#clear(owner, lease);
    logger.info({ console: owner.build }, 'a machine has ended');
  }

  /** Everything that it had goes, its lease last: until then nobody else looks after it. */
  async #clear(owner: Owner, lease: Lease | undefined): Promise<void> {
    await clearAttempt(this.#engine, owner);
    this.#open.delete(owner.build);
    await lease?.release();
  }
}

/** What the image boots on, by what itself or else the build says, and who is logged in. */
async function machineOf(
  engine: Engine,
  { artifact, build }: Pick<Bootable, 'artifact' | 'build'>,
  logIn: ConsoleWish['logIn'],
): Promise<Pick<ConsoleRequest, 'machine' | 'rootLogIn'>> {
  const plan = await planStoredBuild(engine, build, build.lock ?? undefined, undefined).catch((error: unknown) => {
    // Components have changed since: the image is what it was.
    if (error instanceof LdfError && error.code === 'definition.impossible') return undefined;
    throw error;
  });
  const machine = artifact.machines?.[0] ?? plan?.composition.bootsOn[0] ?? defaultParts.machine;
  if (!canStart(machine))
    throw new LdfError('state.conflict', `Nothing here can start the machine that ${artifact.path} is for.`, {
      hint: 'Write the image to the medium that the machine starts from.',
    });
  if (logIn === undefined) return { machine };
  const check = plan?.composition.signs.check;
  if (!check)
    throw new LdfError('state.conflict', 'Nobody can be logged in to this image from outside.', {
      hint: 'Boot it without, and log in as one of its users.',
    });
  return { machine, rootLogIn: check };
}

/** The stage whose image boots for people, too; it reads the layer that the artifact lies in. */
function consoleStage() {
  const stage = stages.find(({ traits }) => traits.console);
  if (!stage) throw new Error('no stage has an image that gives a console');
  return stage;
}

interface Bootable {
  artifact: ResultArtifact;
  qemu: NonNullable<ResultArtifact['qemu']>;
  build: BuildRecord;
  layer: LayerRecord;
}

async function findBootable({ store, runtime }: Engine, artifactId: string): Promise<Bootable> {
  const record = await store.getArtifact(artifactId);
  const build = record && (await store.getBuild(record.buildId));
  if (!record || !build) throw new LdfError('not-found', `There is no artifact ${artifactId}.`);
  const { name } = stageWithResult('artifacts');
  const key = (await store.listStageRuns([build.id])).findLast(({ stage }) => stage === name)?.key;
  const layer = key ? await findLayer({ store, runtime }, layerKeys(build, key)) : undefined;
  if (!layer)
    throw new LdfError('state.conflict', `The layer that ${record.name} lies in is no longer there.`, {
      hint: `Retry the build from stage ${name}: that makes it again.`,
    });
  const artifact = ArtifactsResult.parse(layer.result.data).artifacts.find(({ path }) => path === record.name);
  if (artifact?.bootable && artifact.qemu) return { artifact, qemu: artifact.qemu, build, layer };
  throw new LdfError('state.conflict', `${record.name} is no image that could be booted.`, {
    hint: 'Boot one of the disk images of the build.',
  });
}
