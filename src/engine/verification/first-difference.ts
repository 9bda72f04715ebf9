/** Where two files part: the first byte, or the first member of two tar archives. */
import { createHash } from 'node:crypto';
import { addAbortSignal, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as tar from 'tar-stream';
import { openRegular } from '../../regular-file.ts';

/** Offset of the first byte that differs, from 0; where one ends, the other differs. undefined when they are the same. */
export async function firstDifferentByte(one: Readable, other: Readable): Promise<number | undefined> {
  const streams = [one, other] as const;
  const [left, right] = [one.iterator(), other.iterator()];
  let [a, b] = [nothing, nothing];
  try {
    for (let offset = 0; ; ) {
      if (a.length === 0) a = await nextChunk(left);
      if (b.length === 0) b = await nextChunk(right);
      const length = Math.min(a.length, b.length);
      if (length === 0) return a.length === b.length ? undefined : offset;
      const [x, y] = [a.subarray(0, length), b.subarray(0, length)];
      if (!x.equals(y)) return offset + x.findIndex((byte, index) => byte !== y[index]);
      offset += length;
      [a, b] = [a.subarray(length), b.subarray(length)];
    }
  } finally {
    for (const stream of streams) stream.destroy();
  }
}

const nothing: Buffer = Buffer.alloc(0);

/** Empty at the end of the stream. */
async function nextChunk(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  const { done, value } = await chunks.next();
  return done ? nothing : value;
}

export interface DifferentMember {
  member: string;
  /** In words. */
  how: string;
}

/**
 * The first member that differs in content, attributes or place; undefined when all are the same.
 * @throws Error when one of the files is no tar archive.
 */
export async function firstDifferentMember(
  one: string,
  other: string,
  signal: AbortSignal,
): Promise<DifferentMember | undefined> {
  const [left, right] = [members(one, signal), members(other, signal)];
  try {
    for (;;) {
      const [{ value: a }, { value: b }] = [await left.next(), await right.next()];
      if (!a && !b) return undefined;
      if (!a || !b) return { member: (a ?? b)?.name ?? '', how: 'only one of the two has it' };
      if (a.name !== b.name) return { member: a.name, how: `in its place the other has ${b.name}` };
      const attributes = Object.keys(a.attributes).filter((key) => a.attributes[key] !== b.attributes[key]);
      const how = attributes.map((key) => `${key} ${a.attributes[key]}→${b.attributes[key]}`);
      if (a.sha256 !== b.sha256) how.unshift('contents differ');
      if (how.length > 0) return { member: a.name, how: how.join(', ') };
    }
  } finally {
    await Promise.all([left.return(undefined), right.return(undefined)]);
  }
}

interface Member {
  name: string;
  attributes: Readonly<Record<string, string>>;
  sha256: string;
}

/** A file out of a layer as a stream that `signal` ends. @throws LdfError `stage.result-invalid` for what is no regular file. */
export async function readRegular(path: string, signal: AbortSignal): Promise<Readable> {
  const file = await openRegular(path);
  return addAbortSignal(signal, file.createReadStream());
}

async function* members(file: string, signal: AbortSignal): AsyncGenerator<Member, undefined> {
  const archive = tar.extract();
  const reading = pipeline(await readRegular(file, signal), archive);
  // It rejects as well when the archive is not read to its end; a failure is told by the archive.
  reading.catch(() => undefined);
  for await (const entry of archive) {
    const { name, type, mode, uid, gid, size, mtime, linkname } = entry.header;
    const attributes = {
      type: String(type),
      mode: mode?.toString(8) ?? '',
      owner: `${uid}:${gid}`,
      size: String(size),
      mtime: mtime?.toISOString() ?? '',
      link: linkname ?? '',
    };
    const hash = createHash('sha256');
    await pipeline(entry, hash);
    yield { name, attributes, sha256: hash.digest('hex') };
  }
  await reading;
}
