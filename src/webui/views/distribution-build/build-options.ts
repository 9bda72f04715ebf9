/** What a build is asked for, laid over a definition. */
import { formatsByName, type ImageFormat, writtenFormats } from '../../../definition/image-formats.ts';
import { isRecord } from '../../../is-record.ts';
import type { BuildOptions } from '../../../model/build.ts';
import type { Distribution } from '../../../model/distribution.ts';

/** A definition as a build with other architecture or formats would have it. */
export function withOptions(
  definition: Record<string, unknown>,
  { arch, formats }: Pick<BuildOptions, 'arch' | 'formats'>,
): Record<string, unknown> {
  const { image } = definition;
  return {
    ...definition,
    ...(arch === undefined ? {} : { arch }),
    ...(formats === undefined ? {} : { image: { ...(isRecord(image) ? image : {}), formats: byName(image, formats) } }),
  };
}

function byName(image: unknown, names: readonly string[]): ImageFormat[] {
  return formatsByName(writtenFormats(isRecord(image) ? image.formats : undefined), names);
}

/** The words behind `ldf` that ask for the same build. */
export function buildCommand(
  { name, arch: usual }: Pick<Distribution, 'name' | 'arch'>,
  { arch, formats, boot, noCache, priority }: BuildOptions,
): string[] {
  return [
    ...['build', name],
    ...(arch === undefined || arch === usual ? [] : ['--arch', arch]),
    ...(formats ?? []).flatMap((format) => ['--format', format]),
    ...(boot ? [] : ['--no-boot']),
    ...(noCache ? ['--no-cache'] : []),
    ...(priority === 0 ? [] : ['--priority', String(priority)]),
  ];
}

/** An idempotency key; `crypto.randomUUID` is not there on a page that came over plain HTTP from another machine. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(16).padStart(8, '0')).join('');
}
