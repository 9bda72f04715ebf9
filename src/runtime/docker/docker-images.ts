/** Images on the Docker Engine. */
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import * as tar from 'tar-fs';
import * as z from 'zod';
import { LdfError } from '../../errors.ts';
import {
  type BuildEvent,
  type EngineImage,
  type ImageBuild,
  type ImageEngine,
  registryUnreachable,
} from '../images.ts';
import { BuildProgress, traceId } from './build-progress.ts';
import { answerIfThere, answerOf, dockerError, engineMessage, isFull } from './docker-error.ts';
import { asReadable, EngineFailure, engineMessages } from './streams.ts';

/** How Go's network errors read when nobody answered, as opposed to a registry that said no. */
const noAnswer =
  /no such host|server misbehaving|connection refused|connection reset|no route to host|network is unreachable|timeout|deadline exceeded|awaiting headers|\bEOF\b/i;

export class DockerImages implements ImageEngine {
  readonly #docker: Docker;

  constructor(docker: Docker) {
    this.#docker = docker;
  }

  async inspectImage(reference: string): Promise<EngineImage | undefined> {
    const found = await answerIfThere(`inspect image ${reference}`, this.#docker.getImage(reference).inspect());
    return found && describe(found);
  }

  async buildImage(build: ImageBuild, onEvent: (event: BuildEvent) => void, signal?: AbortSignal): Promise<string> {
    const doing = `build ${build.tag}`;
    const options: Docker.ImageBuildOptions = {
      version: '2',
      t: build.tag,
      labels: { ...build.labels },
      buildargs: { ...build.buildArgs },
      ...(signal && { abortSignal: signal }),
    };
    const answer = await answerOf(doing, this.#docker.buildImage(buildContext(build.directory), options));
    const progress = new BuildProgress();
    let id: string | undefined;
    try {
      for await (const message of engineMessages(asReadable(answer))) {
        if (message.id === traceId && typeof message.aux === 'string') progress.push(message.aux).forEach(onEvent);
        else id = imageIdOf(message.aux) ?? id;
      }
    } catch (error) {
      signal?.throwIfAborted();
      throw error instanceof EngineFailure ? buildFailure(build.tag, progress, error) : dockerError(doing, error);
    }
    signal?.throwIfAborted();
    if (id === undefined)
      throw new LdfError('images.build-failed', `Docker ended building ${build.tag} without an image.`);
    return id;
  }

  async importImage(rootfs: Readable, signal?: AbortSignal): Promise<string> {
    const imported = this.#docker.importImage(rootfs, signal ? { abortSignal: signal } : {}).then(drain);
    const { status } = await answerOf('import a root file system', imported);
    if (!status.startsWith('sha256:'))
      throw new LdfError('internal', `Docker imported a root file system as "${status}".`);
    return status;
  }

  async pullImage(reference: string, onLine: (line: string) => void, signal?: AbortSignal): Promise<EngineImage> {
    try {
      const answer = asReadable(await this.#docker.pull(reference, signal ? { abortSignal: signal } : {}));
      // Progress bars come many times a second and belong to a layer; changes of state are enough.
      for await (const { id, status } of engineMessages(answer))
        if (status !== undefined && !/^(Downloading|Extracting|Waiting)$/.test(status))
          onLine(id ? `${id}: ${status}` : status);
    } catch (error) {
      signal?.throwIfAborted();
      const mapped = dockerError(`pull ${reference}`, error);
      if (mapped.code !== 'internal') throw mapped;
      const words = engineMessage(error);
      throw new LdfError('images.pull-failed', `${reference} cannot be pulled: ${words}`, {
        ...(noAnswer.test(words) && { subcode: registryUnreachable }),
        hint: 'Check the reference and that the Docker engine can reach the registry (and may, see `docker login`).',
        cause: error,
      });
    }
    const image = await this.inspectImage(reference);
    if (!image) throw new LdfError('images.pull-failed', `${reference} was pulled, and Docker does not have it.`);
    return image;
  }

  async tagImage(id: string, tag: string): Promise<void> {
    const [repo, version] = splitTag(tag);
    await answerOf(`tag ${id} as ${tag}`, this.#docker.getImage(id).tag({ repo, tag: version }));
  }

  async removeImage(reference: string): Promise<void> {
    await answerIfThere(`remove image ${reference}`, this.#docker.getImage(reference).remove());
  }

  /** Docker takes several names in one archive, with shared layers in it once; dockerode has no typed call for that. */
  saveImages(tags: readonly string[]): Promise<Readable> {
    const dialled = new Promise<Readable>((resolve, reject) => {
      this.#docker.modem.dial(
        {
          path: '/images/get?',
          method: 'GET',
          options: { names: tags },
          isStream: true,
          statusCodes: { 200: true, 404: 'no such image', 500: 'server error' },
        },
        (error, stream) => (stream instanceof Readable ? resolve(stream) : reject(error)),
      );
    });
    return answerOf(`save ${tags.join(', ')}`, dialled);
  }

  async loadImages(archive: Readable, signal?: AbortSignal): Promise<string[]> {
    try {
      // Docker gives up what it has not taken in whole when the connection ends.
      const options = { quiet: true, ...(signal && { abortSignal: signal }) };
      const { text } = await drain(await this.#docker.loadImage(archive, options));
      // "Loaded image: name:tag" or "Loaded image ID: sha256:…", a line each.
      return [...text.matchAll(/^Loaded image(?: ID)?: (\S+)$/gm)].flatMap(([, reference]) => reference ?? []);
    } catch (error) {
      signal?.throwIfAborted();
      const mapped = dockerError('load images', error);
      if (mapped.code !== 'internal') throw mapped;
      throw new LdfError('request.invalid', `Docker cannot read the archive: ${engineMessage(error)}`, {
        hint: 'Give an archive that `ldf images save` wrote, uncompressed or as gzip.',
        cause: error,
      });
    }
  }
}

/** Runs an answer to its end: its text, and the last status it told. @throws EngineFailure */
async function drain(answer: NodeJS.ReadableStream): Promise<{ text: string; status: string }> {
  const said = { text: '', status: '' };
  for await (const { stream, status } of engineMessages(asReadable(answer))) {
    said.text += stream ?? '';
    said.status = status ?? said.status;
  }
  return said;
}

/** The build context, the same bytes for the same files: order, times, owners and modes of this machine stay out. */
function buildContext(directory: string): Readable {
  const options: tar.PackOptions & { sort: boolean } = {
    sort: true,
    map: (header) => ({
      ...header,
      mode: header.type === 'directory' || (header.mode & 0o111) !== 0 ? 0o755 : 0o644,
      mtime: new Date(0),
      uid: 0,
      gid: 0,
    }),
  };
  return Readable.from(tar.pack(directory, options));
}

const BuiltImage = z.object({ ID: z.string() });

function imageIdOf(aux: unknown): string | undefined {
  const built = BuiltImage.safeParse(aux);
  return built.success ? built.data.ID : undefined;
}

function buildFailure(tag: string, progress: BuildProgress, error: EngineFailure): LdfError {
  const { command, tail } = progress.failure ?? { command: undefined, tail: [] };
  const lines = [...tail, error.message];
  if (isFull(lines.join('\n')))
    return new LdfError('storage.full', `There was no space left to build ${tag}.`, {
      hint: 'Free space where Docker keeps its data (`docker system df` shows what takes it).',
    });
  const where = command ? ` at ${command}` : '';
  return new LdfError('images.build-failed', [`Building ${tag} failed${where}`, ...lines].join('\n'), {
    // https://github.com/moby/moby/issues/47717
    hint: error.message.includes('failed to read downloaded context')
      ? 'This Docker engine cannot build with its containerd image store: update it to 28 or newer, or switch that store off.'
      : 'Fix what the lines above report (often the network or a package mirror), then run `ldf images build` again.',
    cause: error,
  });
}

function splitTag(reference: string): [repository: string, tag: string] {
  const colon = reference.lastIndexOf(':');
  return [reference.slice(0, colon), reference.slice(colon + 1)];
}

function describe(found: Docker.ImageInspectInfo): EngineImage {
  const { Config } = found;
  const list = (value: string | string[] | null | undefined): string[] =>
    typeof value === 'string' ? [value] : (value ?? []);
  return {
    id: found.Id,
    tags: found.RepoTags ?? [],
    digests: found.RepoDigests ?? [],
    layers: found.RootFS.Layers ?? [],
    config: {
      entrypoint: list(Config.Entrypoint),
      cmd: list(Config.Cmd),
      env: list(Config.Env),
      workingDir: Config.WorkingDir ?? '',
      user: Config.User ?? '',
    },
    labels: Config.Labels ?? {},
    sizeBytes: found.Size,
  };
}
