/**
 * Archives of stage images, looked through before Docker sees anything of them. What `docker save` writes is unpacked into
 * a folder, checked, and packed anew with nothing in it but the images that are wanted, without names: Docker would give
 * any name that an archive brings to what is in it (https://github.com/moby/docker-image-spec).
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { Readable, Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import * as tar from 'tar-stream';
import * as z from 'zod';
import { LdfError } from '../errors.ts';
import { imageLabels } from '../runtime/images.ts';
import { Sha256 } from '../stages/contract.ts';
import { type ImageName, imageNames } from '../stages/names.ts';
import { imageIdentity } from './identity.ts';

/** What an archive may be: four stage images take 2 GiB. */
export const archiveBounds = {
  /** Of the archive, and of all its layers, unpacked. */
  unpackedBytes: 16 * 2 ** 30,
  entries: 2_000,
  /** Of a document: the list of images, the configuration of one. */
  documentBytes: 1 << 20,
  images: 16,
  layers: 128,
} as const;

type Bounds = typeof archiveBounds | { [Bound in keyof typeof archiveBounds]: number };

const list = z.array(z.string()).nullish();
const path = z.string().min(1).max(1024);
const Manifest = z
  .array(z.object({ Config: path, RepoTags: list, Layers: z.array(path).max(archiveBounds.layers) }))
  .max(archiveBounds.images);

const Configuration = z.object({
  config: z
    .object({
      Entrypoint: list,
      Cmd: list,
      Env: list,
      WorkingDir: z.string().nullish(),
      User: z.string().nullish(),
      Labels: z.record(z.string(), z.string()).nullish(),
    })
    .nullish(),
  rootfs: z.object({ diff_ids: z.array(z.string()).max(archiveBounds.layers) }),
});

/** An OCI layout's list of images: newer engines take names from it. */
const Index = z.object({
  manifests: z
    .array(z.object({ annotations: z.record(z.string(), z.string()).nullish() }))
    .max(archiveBounds.images * 4),
});
const nameAnnotation = 'io.containerd.image.name';

/** An image of an archive that may be taken in. */
export interface ArchivedImage {
  name: ImageName;
  tag: string;
  /** The hash of the sources that it says it was made of. */
  sources: string;
  identity: string;
  /** Files of the folder it was unpacked into. */
  config: string;
  layers: string[];
}

/**
 * Unpacks an archive into the empty folder `folder` and checks it.
 * @throws LdfError `request.invalid` for what is no archive of stage images, or one that holds anything else;
 * `body.too-large` beyond the bounds.
 */
export async function readArchive(
  archive: Readable,
  folder: string,
  bounds: Bounds = archiveBounds,
  signal?: AbortSignal,
): Promise<ArchivedImage[]> {
  const files = await unpack(archive, folder, bounds, signal);
  const manifest = await document(files, 'manifest.json', Manifest, bounds);
  if (!manifest) throw noArchive('it has no manifest.json');
  const index = await document(files, 'index.json', Index, bounds);
  refuseForeign([
    ...manifest.flatMap(({ RepoTags }) => RepoTags ?? []),
    ...(index?.manifests ?? []).flatMap(({ annotations }) => annotations?.[nameAnnotation] ?? []),
  ]);
  const left = { bytes: bounds.unpackedBytes };
  const images: ArchivedImage[] = [];
  for (const entry of manifest) {
    const configuration = await document(files, entry.Config, Configuration, bounds);
    if (!configuration) throw noArchive(`it lacks ${entry.Config}`);
    const layers = entry.Layers.map((layer) => {
      const file = files.get(layer);
      if (file === undefined) throw noArchive(`it lacks ${layer}`);
      return file;
    });
    const image = checked(entry.RepoTags ?? [], configuration);
    if (images.some(({ name }) => name === image.name)) throw noArchive(`it has two images ${image.name}`);
    await checkLayers(layers, configuration.rootfs.diff_ids, left, signal);
    images.push({ ...image, config: files.get(entry.Config) ?? '', layers });
  }
  if (images.length === 0) throw noArchive('it holds no image');
  return images;
}

/** An archive of just these images, without names, for Docker to load. */
export function packArchive(images: readonly ArchivedImage[]): Readable {
  const pack = tar.pack();
  const write = async () => {
    const manifest = images.map(({ layers }, image) => ({
      Config: `${image}.json`,
      RepoTags: [],
      Layers: layers.map((_file, layer) => `${image}-${layer}/layer.tar`),
    }));
    for (const [number, { config, layers }] of images.entries()) {
      await addFile(pack, `${number}.json`, config);
      for (const [layer, file] of layers.entries()) await addFile(pack, `${number}-${layer}/layer.tar`, file);
    }
    pack.entry({ name: 'manifest.json' }, JSON.stringify(manifest));
    pack.finalize();
  };
  write().catch((error: unknown) => pack.destroy(error instanceof Error ? error : new Error(String(error))));
  return Readable.from(pack);
}

async function addFile(pack: tar.Pack, name: string, file: string): Promise<void> {
  const { size } = await stat(file);
  await pipeline(createReadStream(file), pack.entry({ name, size }));
}

/** Writes every file of a tar archive, as it is or as gzip, under a number of ours; gives them by their names. */
async function unpack(archive: Readable, folder: string, bounds: Bounds, signal?: AbortSignal) {
  const files = new Map<string, string>();
  const links = new Map<string, string>();
  const extract = tar.extract();
  const reading = async () => {
    let entries = 0;
    for await (const entry of extract) {
      const { name, type, linkname } = entry.header;
      entries += 1;
      if (entries > bounds.entries) throw tooLarge(`more than ${bounds.entries} files`);
      const known = posix.normalize(name).replace(/^\.\//, '');
      if (type === 'file' || type === 'contiguous-file') {
        const file = join(folder, String(entries));
        await pipeline(entry, createWriteStream(file, { mode: 0o600 }));
        files.set(known, file);
        continue;
      }
      // A layer that several images share may be a link to the first one's.
      if (type === 'symlink' && linkname) links.set(known, posix.join(posix.dirname(known), linkname));
      else if (type !== 'directory') throw noArchive(`it holds ${type ?? 'something'} ${JSON.stringify(known)}`);
      entry.resume();
    }
  };
  try {
    await Promise.all([
      pipeline(archive, new Unzipped(), new Bounded(bounds.unpackedBytes), extract, signal ? { signal } : {}),
      reading().catch((error: unknown) => {
        extract.destroy(error instanceof Error ? error : new Error(String(error)));
        throw error;
      }),
    ]);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof LdfError || (error instanceof Error && 'code' in error && error.code === 'ENOSPC'))
      throw error;
    throw noArchive(error instanceof Error ? error.message : String(error), error);
  }
  for (const [name, target] of links) {
    const file = files.get(target);
    if (file !== undefined) files.set(name, file);
  }
  return files;
}

async function document<Schema extends z.ZodType>(
  files: ReadonlyMap<string, string>,
  name: string,
  schema: Schema,
  { documentBytes }: Bounds,
): Promise<z.infer<Schema> | undefined> {
  const file = files.get(posix.normalize(name));
  if (file === undefined) return undefined;
  if ((await stat(file)).size > documentBytes) throw tooLarge(`a ${name} of more than ${documentBytes} bytes`);
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    throw noArchive(`its ${name} is not as it should be`, error);
  }
}

const ownTag = new RegExp(`^(?:docker\\.io/)?(ldf/(${imageNames.join('|')}):([0-9a-f]{12}))$`);

/** Whatever bears another name would take that name from what has it now. */
function refuseForeign(tags: readonly string[]): void {
  const foreign = [...new Set(tags.filter((tag) => !ownTag.test(tag)))];
  if (foreign.length === 0) return;
  const shown = foreign.slice(0, 5).map((tag) => JSON.stringify(tag));
  const more = foreign.length > shown.length ? ` and ${foreign.length - shown.length} more` : '';
  throw noArchive(`it names images that are none of LDF's: ${shown.join(', ')}${more}`);
}

/** What the tag, the labels and the configuration of an image say together. */
function checked(
  tags: readonly string[],
  { config, rootfs }: z.infer<typeof Configuration>,
): Omit<ArchivedImage, 'config' | 'layers'> {
  const [tag, ...others] = tags.flatMap((given) => ownTag.exec(given)?.[1] ?? []);
  if (tag === undefined || others.length > 0) throw noArchive('it holds an image that has not exactly one name');
  const [, , named, hash = ''] = ownTag.exec(tag) ?? [];
  const name = imageNames.find((known) => known === named);
  const labels = config?.Labels ?? {};
  const sources = Sha256.safeParse(labels[imageLabels.sources]);
  if (!name || labels[imageLabels.image] !== name || !sources.success || !sources.data.startsWith(hash))
    throw noArchive(`${tag} bears other labels than its name`);
  const identity = imageIdentity({
    layers: rootfs.diff_ids,
    config: {
      entrypoint: config?.Entrypoint ?? [],
      cmd: config?.Cmd ?? [],
      env: config?.Env ?? [],
      workingDir: config?.WorkingDir ?? '',
      user: config?.User ?? '',
    },
  });
  return { name, tag, sources: sources.data, identity };
}

/** Unpacked, each layer is what the configuration says, and all together are within the bound. */
async function checkLayers(
  layers: readonly string[],
  ids: readonly string[],
  left: { bytes: number },
  signal?: AbortSignal,
): Promise<void> {
  if (layers.length !== ids.length) throw noArchive('an image has another number of layers than its configuration');
  for (const [number, file] of layers.entries()) {
    const hash = createHash('sha256');
    const bounded = new Bounded(left.bytes);
    const packed = await isGzip(file);
    try {
      const streams = [createReadStream(file), ...(packed ? [createGunzip()] : []), bounded];
      await pipeline([...streams, hash], signal ? { signal } : {});
    } catch (error) {
      signal?.throwIfAborted();
      throw error instanceof LdfError ? error : noArchive('a layer cannot be read', error);
    }
    left.bytes -= bounded.passedBytes;
    if (`sha256:${hash.digest('hex')}` !== ids[number])
      throw noArchive('a layer is not what the configuration of its image says, or packed other than with gzip');
  }
}

async function isGzip(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && startsLikeGzip(buffer);
  } finally {
    await handle.close();
  }
}

const startsLikeGzip = (bytes: Buffer) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Passes on what comes, unzipped when it is gzip. */
class Unzipped extends Transform {
  #gunzip: ReturnType<typeof createGunzip> | undefined;
  #begun = false;

  override _transform(chunk: Buffer, encoding: BufferEncoding, done: TransformCallback): void {
    if (!this.#begun && chunk.length > 0) {
      this.#begun = true;
      if (startsLikeGzip(chunk)) {
        const gunzip = createGunzip();
        this.#gunzip = gunzip;
        gunzip.on('data', (data: Buffer) => {
          if (!this.push(data)) gunzip.pause();
        });
        gunzip.on('error', (error) => this.destroy(error));
      }
    }
    if (this.#gunzip) this.#gunzip.write(chunk, encoding, done);
    else done(null, chunk);
  }

  override _read(size: number): void {
    this.#gunzip?.resume();
    super._read(size);
  }

  override _flush(done: TransformCallback): void {
    if (this.#gunzip) this.#gunzip.once('end', () => done()).end();
    else done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#gunzip?.destroy();
    super._destroy(error, done);
  }
}

/** Passes on so many bytes and no more. */
class Bounded extends Transform {
  passedBytes = 0;

  constructor(private readonly limitBytes: number) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.passedBytes += chunk.length;
    if (this.passedBytes > this.limitBytes) done(tooLarge(`more than ${this.limitBytes} bytes unpacked`));
    else done(null, chunk);
  }
}

function noArchive(why: string, cause?: unknown): LdfError {
  return new LdfError('request.invalid', `This is no archive of stage images: ${why}. Nothing was loaded.`, {
    hint: 'Give an archive that `ldf images save` wrote, uncompressed or as gzip.',
    ...(cause === undefined ? {} : { cause }),
  });
}

function tooLarge(what: string): LdfError {
  return new LdfError('body.too-large', `The archive holds ${what}. Nothing was loaded.`, {
    hint: 'Give an archive that `ldf images save` wrote.',
  });
}
