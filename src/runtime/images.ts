/**
 * Stage images, from two sides: `StageImageService` is what the rest of LDF asks for (src/images implements it), and
 * `ImageEngine` is what that service asks of a container engine (docker/ implements it).
 */
import type { Readable } from 'node:stream';
import type { StageImageStatus } from '../model/stage-image.ts';
import { type ImageName, imageNames } from '../stages/names.ts';
import type { StageImage } from './runtime.ts';

/** Labels on every image of ours; they are no part of an image's identity. */
export const imageLabels = {
  /** The stage image's name, or `base`. */
  image: 'ldf.image',
  /** sha256 of the files it was built from. */
  sources: 'ldf.sources',
} as const;

/** What is being made: a stage image or the base under all of them. */
export const imageSubjects = [...imageNames, 'base'] as const;
export type ImageSubject = (typeof imageSubjects)[number];

/** One report of work on images. */
export interface ImageProgress {
  image: ImageSubject;
  /** `step`: a step begins; `log`: a line of its output; `done`: the image is there. */
  kind: 'step' | 'log' | 'done';
  /** Step `step` of `steps`, from 1; both 0 for work without a number, such as reading the base in. */
  step: number;
  steps: number;
  /** The step's command, the line, or how the image came about. */
  text: string;
}

export type OnImageProgress = (progress: ImageProgress) => void;

export interface StageImageService {
  /** The images this installation's lock names and the engine has, right or not. */
  list(): Promise<StageImage[]>;
  /** Every stage image with its state: `ok`, or what is wrong with it and how to fix it. */
  verify(): Promise<StageImageStatus[]>;
  /**
   * What builds run on: the images that are right, verified.
   * @param needed those that must be; default: all
   * @throws LdfError `images.missing` or `images.mismatch` (also for stale ones), naming every needed image that is not right.
   */
  resolve(needed?: readonly ImageName[]): Promise<Partial<Record<ImageName, StageImage>>>;
  /**
   * Makes images right, by default all: builds what is missing or has other sources, and leaves the rest alone.
   * @throws LdfError `images.build-failed` with the last lines of the failing command.
   */
  ensure(
    onProgress: OnImageProgress,
    signal?: AbortSignal,
    needed?: readonly ImageName[],
  ): Promise<Partial<Record<ImageName, StageImage>>>;
  /** A tar archive (as `docker save` writes it) of the named images, by default all; they must be right. */
  save(names?: readonly ImageName[]): Promise<Readable>;
  /**
   * Takes in an archive that `save` wrote; returns what it brought. What is taken in halfway when the signal fires is given up.
   * @param trusted somebody answers for the archive; without it only images are taken in that the lock knows
   * @throws LdfError `request.invalid` or `body.too-large` for anything else than an archive of stage images alone,
   * `images.mismatch` for images that are not known.
   */
  load(archive: Readable, trusted: boolean, signal?: AbortSignal): Promise<StageImage[]>;
  /** Pulls `<prefix>/<image>:<tag>` for every image, such as prefix `registry.example/ldf`. */
  pull(prefix: string, onProgress: OnImageProgress, signal?: AbortSignal): Promise<StageImage[]>;
}

/** An image as the container engine has it. */
export interface EngineImage {
  id: string;
  tags: string[];
  /** `repository@sha256:…`, by which registries know it. */
  digests: string[];
  /** The diff ids (sha256 of the unpacked tar) of its layers, bottom first. */
  layers: string[];
  config: {
    entrypoint: string[];
    cmd: string[];
    env: string[];
    workingDir: string;
    user: string;
  };
  labels: Record<string, string>;
  sizeBytes: number;
}

export interface ImageBuild {
  /** Folder with a Dockerfile: the whole build context. */
  directory: string;
  tag: string;
  labels: Readonly<Record<string, string>>;
  buildArgs: Readonly<Record<string, string>>;
}

/** A step of a running image build begins, or says something. */
export interface BuildEvent {
  kind: 'step' | 'log';
  step: number;
  steps: number;
  text: string;
}

/** Subcode of an `images.pull-failed` where no registry answered at all. */
export const registryUnreachable = 'registry.unreachable';

/** Implementations throw LdfError `docker.unavailable` when the engine does not answer. */
export interface ImageEngine {
  /** By id, tag or digest; undefined when the engine has no such image. */
  inspectImage(reference: string): Promise<EngineImage | undefined>;
  /** Builds with BuildKit and returns the image's id. @throws LdfError `images.build-failed`. */
  buildImage(build: ImageBuild, onEvent: (event: BuildEvent) => void, signal?: AbortSignal): Promise<string>;
  /** Makes an image of one layer and no name out of a root file system's tar, and returns its id. */
  importImage(rootfs: Readable, signal?: AbortSignal): Promise<string>;
  /** @throws LdfError `images.pull-failed` when the registry does not answer or has no such image. */
  pullImage(reference: string, onLine: (line: string) => void, signal?: AbortSignal): Promise<EngineImage>;
  tagImage(id: string, tag: string): Promise<void>;
  /** Removing what is not there is fine. */
  removeImage(reference: string): Promise<void>;
  saveImages(tags: readonly string[]): Promise<Readable>;
  /** Returns the references (tags, or ids of untagged images) that the archive brought. */
  loadImages(archive: Readable, signal?: AbortSignal): Promise<string[]>;
}
