/** Components as an earlier version wrote them, which users and builds have stored; they are read on. */
import { earlierParts } from '../definition/defaults.ts';
import { isRecord } from '../is-record.ts';

/**
 * What it says in today's words: what it did is what `use` names, and no component has keys of another kind. Anything else
 * stays as it is, and is checked afterwards.
 */
export function upgraded(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const written = withoutEmpty(value);
  if (written.use !== undefined) return written;
  const { imageFormat, ...rest } = written;
  if (written.kind === 'format' && imageFormat !== undefined) return { ...rest, use: imageFormat };
  if (written.kind === 'init' || written.kind === 'userland') return { ...written, use: earlierParts[written.kind] };
  if (written.kind === 'kernel') return kernelOf(written);
  return written.kind === 'filesystem' ? { ...written, use: fileSystemOf(written) } : written;
}

/** Every component was stored with an empty `onDemand`, though only userlands have one. */
function withoutEmpty(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { onDemand, ...rest } = value;
  const isEmpty =
    isRecord(onDemand) && Object.values(onDemand).every((list) => Array.isArray(list) && list.length === 0);
  return value.kind !== 'userland' && isEmpty ? rest : value;
}

/**
 * Every kernel was a package of a suite, and each series said whether it came as source or finished. One that has neither is
 * none of these.
 */
function kernelOf(written: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { kernelSeries } = written;
  if (!Array.isArray(kernelSeries)) return written;
  const series = kernelSeries.map((entry: unknown) => (isRecord(entry) ? seriesOf(entry) : entry));
  const [use] = series.flatMap((entry) => (isRecord(entry) && typeof entry.use === 'string' ? [entry.use] : []));
  return use === undefined ? written : { ...written, use, kernelSeries: series };
}

function seriesOf(written: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { form = 'source', suite, package: name, ...rest } = written;
  if ((suite === undefined && name === undefined) || (form !== 'source' && form !== 'binary')) return written;
  const params = { ...(suite === undefined ? {} : { suite }), ...(name === undefined ? {} : { package: name }) };
  return { ...rest, use: earlierParts.kernel[form], params };
}

/** The name that stood with the root partition. */
function fileSystemOf({ contributes, perArch }: Readonly<Record<string, unknown>>): string | undefined {
  const all = [contributes, ...(isRecord(perArch) ? Object.values(perArch) : [])];
  for (const contributions of all) {
    const partitions: unknown = isRecord(contributions) ? contributions.partitions : undefined;
    if (!Array.isArray(partitions)) continue;
    for (const partition of partitions)
      if (isRecord(partition) && partition.role === 'root' && typeof partition.fileSystem === 'string')
        return partition.fileSystem;
  }
  return undefined;
}
