/** Entries of image.formats: a format by its name alone, or with what it is asked for, in one mapping. Pure. */
import * as z from 'zod';
import { bounds } from './bounds.ts';
import { type Compression, compressions } from './compression.ts';
import { slug } from './names.ts';

/** Keys beside these two are parameters of the format: its own schema checks them when the definition is planned. */
const FormatWithParams = z
  .object({
    format: slug.describe('A component of kind format.'),
    compress: z
      .enum(compressions)
      .optional()
      .describe(
        'What the finished file is compressed with, such as `disk.img.xz`. Default: as `image.compression` says.',
      ),
  })
  .catchall(z.unknown())
  .refine((entry) => Object.keys(entry).length <= bounds.formatKeys, `must have at most ${bounds.formatKeys} keys`)
  .meta({ maxProperties: bounds.formatKeys });

export const ImageFormat = z.union(
  [slug, FormatWithParams],
  'must be the name of a format, or a mapping with it and what it is asked for, such as {format: NAME, compress: zstd}',
);
export type ImageFormat = z.infer<typeof ImageFormat>;

/** What an entry asks for: which format, how the file is compressed (absent: nothing is said), and parameters of the format. */
export interface AskedFormat {
  name: string;
  compress?: Compression;
  params: Record<string, unknown>;
}

export function askedFormat(entry: ImageFormat): AskedFormat {
  if (typeof entry === 'string') return { name: entry, params: {} };
  const { format: name, compress, ...params } = entry;
  return { name, ...(compress === undefined ? {} : { compress }), params };
}

/** What two entries must not have in common, for both would make the same file: `name`, or `name.compression`. */
export function fileOfFormat(entry: ImageFormat): string {
  const { name, compress } = askedFormat(entry);
  return compress === undefined || compress === 'none' ? name : `${name}.${compress}`;
}

/** The names, each once. */
export function formatNames(entries: readonly ImageFormat[]): string[] {
  return [...new Set(entries.map((entry) => askedFormat(entry).name))];
}

/** The formats of these names: as the definition asks for them where it does, and with nothing said where it does not. */
export function formatsByName(entries: readonly ImageFormat[], names: readonly string[]): ImageFormat[] {
  return names.flatMap((name): ImageFormat[] => {
    const own = entries.filter((entry) => askedFormat(entry).name === name);
    return own.length > 0 ? own : [name];
  });
}

/** Of whatever stands where entries should: those that are. */
export function writtenFormats(written: unknown): ImageFormat[] {
  return (Array.isArray(written) ? written : []).flatMap((entry) => ImageFormat.safeParse(entry).data ?? []);
}
