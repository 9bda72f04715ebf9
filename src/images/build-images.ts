/** Building stage images side by side: most of the time they wait for downloads. */
import { join } from 'node:path';
import { LdfError } from '../errors.ts';
import { type EngineImage, type ImageEngine, imageLabels, type OnImageProgress } from '../runtime/images.ts';
import type { ImageName } from '../stages/names.ts';

export interface WantedImage {
  name: ImageName;
  tag: string;
  /** The hash of its sources. */
  sources: string;
}

export interface BuildRun {
  engine: ImageEngine;
  /** The folder with the sources of the images. */
  directory: string;
  /** The name of the base to build on. */
  base: string;
  onProgress: OnImageProgress;
  signal?: AbortSignal | undefined;
}

export interface Built {
  images: { name: ImageName; image: EngineImage }[];
  /** The first failure; it stopped the builds that still ran. */
  failure: unknown;
}

export async function buildSideBySide(wanted: readonly WantedImage[], run: BuildRun): Promise<Built> {
  const stop = new AbortController();
  const signal = run.signal ? AbortSignal.any([run.signal, stop.signal]) : stop.signal;
  const built: Built = { images: [], failure: undefined };
  await Promise.all(
    wanted.map(async (image) => {
      try {
        built.images.push({ name: image.name, image: await buildOne(image, run, signal) });
      } catch (error) {
        built.failure ??= error;
        stop.abort(error);
      }
    }),
  );
  return built;
}

async function buildOne({ name, tag, sources }: WantedImage, run: BuildRun, signal: AbortSignal): Promise<EngineImage> {
  const build = {
    directory: join(run.directory, name),
    tag,
    labels: { [imageLabels.image]: name, [imageLabels.sources]: sources },
    buildArgs: { BASE: run.base },
  };
  const id = await run.engine.buildImage(build, (event) => run.onProgress({ image: name, ...event }), signal);
  const image = await run.engine.inspectImage(id);
  if (!image) throw new LdfError('images.build-failed', `Docker lost ${tag} right after building it.`);
  run.onProgress({ image: name, kind: 'done', step: 0, steps: 0, text: 'built' });
  return image;
}
