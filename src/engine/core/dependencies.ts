/** What the engine is made with, and what its parts share. */
import type PQueue from 'p-queue';
import type { Logger } from 'pino';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Architecture } from '../../definition/definition.ts';
import type { DiskSpace } from '../../disk-space.ts';
import { LdfError } from '../../errors.ts';
import type { Journals } from '../../events/journals.ts';
import type { KeySets } from '../../keys/key-sets.ts';
import type { DiskReport } from '../../model/disk.ts';
import type { SuitePackages } from '../../plan/package-names.ts';
import type { Planner } from '../../plan/planner.ts';
import type { StageImage, StageRuntime } from '../../runtime/runtime.ts';
import type { ImageName } from '../../stages/names.ts';
import type { Store } from '../../store/store.ts';
import type { Clock } from './clock.ts';
import type { EngineConfig } from './config.ts';
import type { SpareFile } from './spare-file.ts';

export interface EngineDependencies {
  store: Store;
  runtime: StageRuntime;
  /** Gives verified images. Throws LdfError `images.missing` or `images.mismatch` for those of `needed`, default: all. */
  images: { resolve(needed?: readonly ImageName[]): Promise<StageImages> };
  /** The shipped components and the user's own, as they are now. */
  catalog: () => Promise<Catalog>;
  planner: Planner;
  artifacts: ArtifactStore;
  /** What images and artifacts are signed with. */
  keys: Pick<KeySets, 'list' | 'privateKey' | 'artifactSigner'>;
  journals: Journals;
  /** Where answers to queries are kept. */
  dataDir: string;
  config: EngineConfig;
  /** Names everything this data folder owns on the container engine: lower-case letters and digits. */
  installation: string;
  clock: Clock;
  logger: Logger;
}

export interface Engine extends EngineDependencies {
  /** This process, as leases name it. */
  owner: string;
  /** Places for heavy stages. */
  slots: PQueue;
  /** Given up by whoever makes room on a full disk. */
  spare: SpareFile;
  /** What LDF's files take now, and the bounds of it. */
  disk(): Promise<DiskUse>;
  /** Brings the disk back within its bounds in the background, when it is beyond them. */
  cleanUp(): void;
  /** The architecture of the machine that stages run on: null for one that no image is made for. @throws LdfError `docker.unavailable` */
  machineArchitecture(anew: boolean): Promise<Architecture | null>;
  /** What a suite has, as far as that is known without asking anybody; undefined when it is not. */
  knownPackages(suite: string, arch: Architecture): Promise<SuitePackages | undefined>;
}

/** Those that are right. */
export type StageImages = Readonly<Partial<Record<ImageName, StageImage>>>;

/** @throws LdfError `images.missing` for one that is not among them */
export function stageImage(images: StageImages, name: ImageName): StageImage {
  const image = images[name];
  if (image) return image;
  throw new LdfError('images.missing', `The stage image ${name} is not there.`, {
    hint: 'Run `ldf images build`; it builds only what is missing or outdated.',
  });
}

/** What LDF takes on disk, its bounds, and what is free. */
export interface DiskUse extends Omit<DiskReport, 'freeBytes' | 'dockerFreeBytes'> {
  /** The disk of the data folder. */
  data: DiskSpace;
  /** The disk of Docker's volumes; undefined when it cannot be asked. */
  docker: DiskSpace | undefined;
}
